"""The request as such: its JSON, media type, size, parameters and path."""

from app.web.catalogue.entry import Entry, Words

ENTRIES = {
    "malformed-json": Entry(
        400,
        Words(
            "JSON không đọc được",
            "Nội dung gửi lên không phải là JSON đúng cú pháp[: dòng {line}, cột {column}].",
            "Máy chủ không đọc được nội dung vì sai cú pháp JSON. Hãy xem vị trí (dòng, cột) trong `errors`, thường"
            ' là thiếu dấu phẩy, thừa dấu phẩy cuối hoặc dùng dấu nháy đơn. Ví dụ đúng: `{"value": 84.39}`.',
        ),
        Words(
            "The JSON cannot be read",
            "The body is not well-formed JSON[: line {line}, column {column}].",
            "The service could not read the body because its JSON syntax is wrong. See the line and column in"
            " `errors`; usually a comma is missing, one too many stands at the end, or quotes are single. Right:"
            ' `{"value": 84.39}`.',
        ),
    ),
    "not-utf-8": Entry(
        400,
        Words(
            "Không phải UTF-8",
            "Nội dung phải là văn bản UTF-8[; sai từ byte thứ {given}].",
            "JSON phải được mã hóa UTF-8. Tệp lưu bằng bảng mã cũ (TCVN3, VNI, Windows-1258, UTF-16) cần được lưu lại"
            " thành UTF-8 rồi gửi lại. Ví dụ: `iconv -f UTF-16 -t UTF-8 bao-cao.json`.",
        ),
        Words(
            "Not UTF-8",
            "The body must be UTF-8 text[; it stops being so at byte {given}].",
            "JSON is UTF-8. A file kept in an older encoding (TCVN3, VNI, Windows-1258, UTF-16) has to be saved as"
            " UTF-8 and sent again. For example: `iconv -f UTF-16 -t UTF-8 report.json`.",
        ),
    ),
    "body-required": Entry(
        422,
        Words(
            "Thiếu nội dung",
            "Yêu cầu này cần một nội dung JSON, nhưng phần thân đang trống.",
            "Thao tác này cần dữ liệu trong thân yêu cầu. Hãy gửi một đối tượng JSON kèm `Content-Type:"
            ' application/json`. Ví dụ: `{"period": "2025-03", "rows": []}`, với ít nhất một dòng trong `rows`.',
        ),
        Words(
            "A body is needed",
            "This request needs a JSON body, and there is none.",
            "The operation takes its data from the body. Send a JSON object with `Content-Type: application/json`."
            ' For example `{"period": "2025-03", "rows": []}`, with at least one row in `rows`.',
        ),
    ),
    "unsupported-media-type": Entry(
        415,
        Words(
            "Kiểu nội dung không hỗ trợ",
            "Không nhận kiểu nội dung “{given}”.[ Hãy gửi {expected}.]",
            "Dịch vụ chỉ nhận JSON ở đây. Hãy đặt tiêu đề `Content-Type: application/json` và gửi nội dung JSON. Với"
            " curl: `-H 'Content-Type: application/json' -d @bao-cao.json`.",
        ),
        Words(
            "Unsupported media type",
            "A body of type “{given}” is not taken.[ Send {expected}.]",
            "The service takes JSON here. Set the header `Content-Type: application/json` and send JSON. With curl:"
            " `-H 'Content-Type: application/json' -d @report.json`.",
        ),
    ),
    "not-acceptable": Entry(
        406,
        Words(
            "Không có định dạng được yêu cầu",
            "Không trả lời được bằng “{given}”.[ Dùng được: {expected}.]",
            "Tiêu đề `Accept` không nhận định dạng nào mà dịch vụ có. Danh sách có JSON, CSV, XLSX và NDJSON; hãy bỏ"
            " tiêu đề này để nhận JSON, hoặc chọn bằng tham số, ví dụ `?format=csv`.",
        ),
        Words(
            "Not available in that format",
            "This cannot be answered as “{given}”.[ Available: {expected}.]",
            "The `Accept` header takes none of the formats there are. Lists come as JSON, CSV, XLSX and NDJSON: leave"
            " the header out to get JSON, or choose by parameter, for example `?format=csv`.",
        ),
    ),
    "body-too-large": Entry(
        413,
        Words(
            "Nội dung quá lớn",
            "Nội dung gửi lên vượt quá giới hạn 8 MB[ ({limit} byte)].",
            "Một yêu cầu được tối đa 8 MB và 10.000 dòng. Hãy chia số liệu thành nhiều lần gửi, mỗi lần một kỳ hoặc"
            " một địa bàn; mỗi lần gửi dùng một `Idempotency-Key` riêng.",
        ),
        Words(
            "The body is too large",
            "The body is larger than 8 MB[ ({limit} bytes)].",
            "A request holds at most 8 MB and 10,000 rows. Split the figures into several submissions, for instance"
            " one a period or one an area, each with an `Idempotency-Key` of its own.",
        ),
    ),
    "body-too-slow": Entry(
        408,
        Words(
            "Nội dung gửi quá chậm",
            "Nội dung của yêu cầu đến quá chậm, nên dịch vụ đã thôi chờ; chưa có gì được lưu.",
            "Nội dung phải đến trong 10 giây, cộng thêm một giây cho mỗi 16 KB đã nhận. Kết nối chậm hơn thế thường đã"
            " đứt. Hãy gửi lại với cùng `Idempotency-Key`, và chia nhỏ nếu đường truyền yếu.",
        ),
        Words(
            "The body came too slowly",
            "The body of the request came too slowly, so the service waits for it no longer; nothing was stored.",
            "A body has ten seconds, and one more for each 16 KB that has come. A connection slower than that is mostly"
            " a broken one. Send it again with the same `Idempotency-Key`, in smaller pieces where the line is poor.",
        ),
    ),
    "head-too-slow": Entry(
        408,
        Words(
            "Phần đầu gửi quá chậm",
            "Phần đầu của yêu cầu không đến đủ trong {limit} giây, nên kết nối được đóng lại.",
            "Dòng đầu và các tiêu đề phải đến đủ trong ít giây; nếu không, kết nối bỏ dở sẽ chiếm chỗ của người khác."
            " Hãy gửi lại; nếu còn lặp lại, hãy kiểm tra đường truyền và máy chủ trung gian.",
        ),
        Words(
            "The head came too slowly",
            "The head of the request was not whole within {limit} seconds, so the connection is closed.",
            "The first line and the headers have a few seconds, or connections left half open would take the room of"
            " others. Send it again; if that goes on, look at the line and at proxies in between.",
        ),
    ),
    "head-too-large": Entry(
        431,
        Words(
            "Phần đầu quá lớn",
            "Dòng đầu và các tiêu đề của yêu cầu vượt quá giới hạn {limit} byte.",
            "Địa chỉ và tiêu đề chỉ mang được ít dữ liệu. Hãy bỏ cookie và tiêu đề thừa, rút ngắn danh sách tham số,"
            " hoặc hỏi nhiều lần, mỗi lần ít giá trị hơn.",
        ),
        Words(
            "The head is too large",
            "The first line and the headers of the request are larger than {limit} bytes.",
            "Address and headers carry little. Leave out cookies and headers that are not needed, shorten the list of"
            " parameters, or ask several times for fewer values each.",
        ),
    ),
    "malformed-request": Entry(
        400,
        Words(
            "Không phải yêu cầu HTTP",
            "Dữ liệu nhận được không phải là một yêu cầu HTTP đúng cú pháp.",
            "Máy chủ không đọc được dòng đầu hoặc tiêu đề: thường do gửi HTTPS tới cổng HTTP, ký tự lạ trong tiêu đề,"
            " hay `Content-Length` sai. Hãy dùng một thư viện HTTP thông dụng, ví dụ `curl`.",
        ),
        Words(
            "Not a request in HTTP",
            "What came is not a well-formed HTTP request.",
            "The first line or the headers cannot be read: mostly HTTPS sent to a port for HTTP, a stray character in a"
            " header, or a wrong `Content-Length`. Use a common HTTP library, such as `curl`.",
        ),
    ),
    "too-deep": Entry(
        413,
        Words(
            "JSON lồng quá sâu",
            "JSON được lồng tối đa 32 tầng.",
            "Nội dung có quá nhiều tầng đối tượng hoặc mảng lồng nhau. Không báo cáo nào cần quá vài tầng: hãy kiểm"
            ' tra chương trình tạo JSON. Ví dụ đúng: `{"rows": [{"indicator": "…", "value": 1}]}` chỉ có ba tầng.',
        ),
        Words(
            "The JSON is nested too deep",
            "JSON may be nested 32 levels deep at most.",
            "The body holds too many levels of objects or lists. No report needs more than a few: look at the program"
            ' that writes the JSON. Right: `{"rows": [{"indicator": "…", "value": 1}]}` has three levels.',
        ),
    ),
    "duplicate-key": Entry(
        422,
        Words(
            "Tên bị lặp",
            "Tên “{given}” xuất hiện nhiều lần trong cùng một đối tượng JSON.",
            "Hai giá trị cho cùng một tên thì không biết lấy giá trị nào, nên không giá trị nào được lấy. Hãy giữ lại"
            ' một. Ví dụ sai: `{"value": 1, "value": 2}`.',
        ),
        Words(
            "A name comes twice",
            "The name “{given}” comes more than once in one JSON object.",
            "With two values for one name nobody can know which is meant, so neither is taken. Keep one of them."
            ' Wrong: `{"value": 1, "value": 2}`.',
        ),
    ),
    "forbidden-character": Entry(
        422,
        Words(
            "Ký tự không cho phép",
            "Có ký tự không nhìn thấy được ({given}), không được phép dùng.",
            "Văn bản chứa ký tự điều khiển, ký tự rộng bằng không hoặc ký tự đổi chiều chữ, thường do sao chép từ"
            " trang web hay tệp PDF. Hãy gõ lại đoạn văn bản đó. Ví dụ: `U+200B` là khoảng trắng không nhìn thấy.",
        ),
        Words(
            "Forbidden character",
            "The text holds a character nobody can see ({given}), which is not allowed.",
            "The text holds a control, zero-width or direction-changing character, mostly copied along from a web"
            " page or PDF. Type the text again. `U+200B`, for example, is a space without width.",
        ),
    ),
    "unknown-parameter": Entry(
        400,
        Words(
            "Tham số không tồn tại",
            "Không có tham số “{given}” ở đây.[ Có phải bạn định viết “{hint}”?][ Dùng được: {expected}.]",
            "Địa chỉ chứa một tham số mà thao tác này không biết. Tham số lạ không bị bỏ qua, vì một lỗi gõ sẽ lặng"
            " lẽ cho kết quả sai. Ví dụ: viết `period=2025-03`, không viết `perod=2025-03`.",
        ),
        Words(
            "Unknown parameter",
            "There is no parameter “{given}” here.[ Did you mean “{hint}”?][ Known: {expected}.]",
            "The address holds a parameter that this operation does not know. It is not ignored, because a slip of"
            " the pen would quietly give a wrong answer. For example: `period=2025-03`, not `perod=2025-03`.",
        ),
    ),
    "parameter-repeated": Entry(
        422,
        Words(
            "Tham số bị lặp",
            "Tham số “{place}” chỉ được dùng một lần.",
            "Tham số này chỉ nhận một giá trị. Các tham số lọc như `area` hay `indicator` thì được lặp lại để lấy"
            " nhiều giá trị: `area=14758&area=14761`. Hãy giữ lại một giá trị.",
        ),
        Words(
            "A parameter comes twice",
            "The parameter “{place}” may be given once only.",
            "This parameter takes one value. Filters such as `area` or `indicator` may be repeated for several"
            " values: `area=14758&area=14761`. Keep one value here.",
        ),
    ),
    "invalid-parameter": Entry(
        422,
        Words(
            "Tham số chưa đúng",
            "Có {count} tham số chưa đúng.[ {place}: {message}]",
            "Một hay nhiều tham số có giá trị không dùng được. Xem từng mục trong `errors`: `parameter` là tên tham"
            " số, `given` là giá trị đã gửi, `expected` là giá trị mong đợi. Ví dụ: `limit` phải từ 1 đến 1000.",
        ),
        Words(
            "Invalid parameter",
            "Errors in the parameters: {count}.[ {place}: {message}]",
            "One or more parameters have a value that cannot be used. See the entries of `errors`: `parameter` names"
            " it, `given` is what you sent, `expected` what would do. For example, `limit` goes from 1 to 1000.",
        ),
    ),
    "invalid-body": Entry(
        422,
        Words(
            "Nội dung chưa đúng",
            "Nội dung có {count} chỗ chưa đúng.[ {place}: {message}]",
            "JSON đọc được, nhưng một hay nhiều giá trị không dùng được; chưa có gì được lưu. Mỗi mục trong `errors`"
            " chỉ rõ chỗ sai bằng `pointer` (ví dụ `/rows/2/value`). Sửa các chỗ đó rồi gửi lại.",
        ),
        Words(
            "Invalid body",
            "Errors in the body: {count}.[ {place}: {message}]",
            "The JSON could be read, but one or more values cannot be used; nothing was stored. Each entry of"
            " `errors` names its place by `pointer` (for example `/rows/2/value`). Mend these and send again.",
        ),
    ),
    "unknown-sort-key": Entry(
        400,
        Words(
            "Không sắp xếp được theo trường này",
            "Không thể sắp xếp theo “{given}”.[ Có phải bạn định viết “{hint}”?][ Dùng được: {expected}.]",
            "`sort` nhận tên các trường, cách nhau bằng dấu phẩy; dấu trừ phía trước để đảo chiều. Hãy dùng một trong"
            " các tên được nêu trong `expected`. Ví dụ: `sort=-period,area`.",
        ),
        Words(
            "Unknown sort key",
            "There is no sorting by “{given}”.[ Did you mean “{hint}”?][ Known: {expected}.]",
            "`sort` takes names of members, separated by commas; a minus sign in front turns the order round. Use one"
            " of the names in `expected`. For example: `sort=-period,area`.",
        ),
    ),
    "unknown-field": Entry(
        400,
        Words(
            "Trường không tồn tại",
            "Không có trường “{given}”.[ Có phải bạn định viết “{hint}”?][ Dùng được: {expected}.]",
            "`fields` chọn các trường muốn nhận, cách nhau bằng dấu phẩy. Hãy dùng các tên được nêu trong `expected`."
            " Ví dụ: `fields=id,name`.",
        ),
        Words(
            "Unknown field",
            "There is no member “{given}”.[ Did you mean “{hint}”?][ Known: {expected}.]",
            "`fields` picks the members to get, separated by commas. Use the names in `expected`. For example:"
            " `fields=id,name`.",
        ),
    ),
    "cursor-invalid": Entry(
        400,
        Words(
            "Con trỏ trang không dùng được",
            "Con trỏ trang bị hỏng hoặc thuộc về một truy vấn khác.",
            "Con trỏ (`cursor`) chỉ dùng cho đúng truy vấn đã cấp nó, với cùng bộ lọc và cách sắp xếp. Hãy chép"
            " nguyên giá trị `next` của trang trước, hoặc bỏ `cursor` để đọc lại từ đầu. Ví dụ:"
            " `?limit=100&cursor=<next>`.",
        ),
        Words(
            "The cursor cannot be used",
            "The cursor is broken, or belongs to another query.",
            "A `cursor` serves only the query that gave it, with the same filters and order. Copy the `next` of the"
            " page before as it is, or leave `cursor` out to start over. For example: `?limit=100&cursor=<next>`.",
        ),
    ),
    "method-not-allowed": Entry(
        405,
        Words(
            "Phương thức không dùng được ở đây",
            "Địa chỉ này không nhận {given}.[ Dùng được: {expected}.]",
            "Địa chỉ có thật, nhưng không nhận phương thức này. Tiêu đề `Allow` và trường `expected` nêu các phương"
            " thức dùng được. Ví dụ: sửa một số liệu bằng `PATCH`, không bằng `PUT`.",
        ),
        Words(
            "Method not allowed",
            "{given} is not taken here.[ Allowed: {expected}.]",
            "The address exists, but not for this method. The header `Allow` and the detail name those that are"
            " taken. For example, an observation is corrected by `PATCH`, not by `PUT`.",
        ),
    ),
    "not-found": Entry(
        404,
        Words(
            "Không tìm thấy",
            "Không có gì tại “{given}”[ (gần nhất: {hint})].",
            "Địa chỉ không tồn tại, hoặc bạn không được xem thứ nằm ở đó. Hãy kiểm tra mã và đường dẫn; danh sách đầy"
            " đủ các đường dẫn ở `/docs`. Ví dụ: `/api/v1/areas/14758-202501`.",
        ),
        Words(
            "Not found",
            "There is nothing at “{given}”[ (nearest: {hint})].",
            "The address does not exist, or what stands there is not yours to see. Check the code and the path;"
            " `/docs` lists every path. For example: `/api/v1/areas/14758-202501`.",
        ),
    ),
}
