"""Endpoints of webhooks: their addresses and their deliveries."""

from app.web.catalogue.entry import Entry, Words

ENTRIES = {
    "webhook-not-found": Entry(
        404,
        Words(
            "Không có điểm nhận này",
            "Không có điểm nhận thông báo “{given}”.",
            "Mã điểm nhận bị sai, hoặc điểm nhận đã bị xóa. Danh sách các điểm nhận đang có: `/api/v1/webhooks`; nhật"
            " ký thay đổi còn giữ việc tạo và xóa (`type=webhook.deleted`).",
        ),
        Words(
            "No such endpoint",
            "There is no webhook endpoint “{given}”.",
            "The id has a slip, or the endpoint was deleted. Those there are stand at `/api/v1/webhooks`; the log keeps"
            " that one was created and deleted (`type=webhook.deleted`).",
        ),
    ),
    "delivery-not-found": Entry(
        404,
        Words(
            "Không có lần gửi thông báo này",
            "Không có lần gửi thông báo “{given}” của điểm nhận này.",
            "Mã bị sai, hoặc lần gửi đã cũ: mỗi điểm nhận chỉ giữ 1000 lần gửi mới nhất. Hãy xem danh sách ở"
            " `/api/v1/webhooks/<id>/deliveries`.",
        ),
        Words(
            "No such delivery",
            "This endpoint has no delivery “{given}”.",
            "The id has a slip, or the delivery is an old one: the newest 1,000 of an endpoint are kept. They are"
            " listed at `/api/v1/webhooks/<id>/deliveries`.",
        ),
    ),
    "webhook-url-invalid": Entry(
        422,
        Words(
            "Địa chỉ nhận không đúng dạng",
            "Địa chỉ nhận thông báo phải là một URL đầy đủ[, dạng {expected}].",
            "Chỉ nhận URL `https://tên-miền[:cổng]/đường-dẫn` bằng ký tự ASCII, không có tên người dùng, mật khẩu, phần"
            " sau dấu `#`, hay tên miền viết bằng ký tự mã hóa. Tên miền tiếng Việt hãy viết dạng `xn--`. Ví dụ:"
            " `https://ioc.example.org/dxi`.",
        ),
        Words(
            "The address of the endpoint is malformed",
            "The address of an endpoint must be a whole URL[, such as {expected}].",
            "A URL is taken in the form `https://host[:port]/path` only: ASCII, without user, password, fragment or an"
            " escaped host. Write a name with other letters in its `xn--` form. For example:"
            " `https://ioc.example.org/dxi`.",
        ),
    ),
    "webhook-address-forbidden": Entry(
        422,
        Words(
            "Không được gửi tới địa chỉ này",
            "Thông báo không được gửi tới địa chỉ này[; cần một địa chỉ công khai bằng https, dạng {expected}].",
            "Dịch vụ chỉ gọi ra địa chỉ công khai bằng `https`, không gọi máy trong mạng nội bộ, máy của chính nó hay"
            " địa chỉ viết lắt léo. Trung tâm điều hành ở mạng riêng thì nhờ người quản trị cho phép mạng đó bằng"
            " `DXI_WEBHOOK_ALLOWED_NETWORKS`, ví dụ `10.20.0.0/16`.",
        ),
        Words(
            "Webhooks may not go to this address",
            "Webhooks may not go to this address[; it takes a public one by https, such as {expected}].",
            "The service calls public addresses by `https` only: no machine of an inner network, not itself, and no"
            " address written in a crooked way. For an operations centre in a private network the administrator allows"
            " that network with `DXI_WEBHOOK_ALLOWED_NETWORKS`, for example `10.20.0.0/16`.",
        ),
    ),
    "too-many-webhooks": Entry(
        422,
        Words(
            "Quá nhiều điểm nhận",
            "Đã có {given} điểm nhận thông báo, không tạo thêm được.",
            "Số điểm nhận có giới hạn để việc gửi không chiếm hết máy chủ. Hãy xóa những điểm nhận không còn dùng ở"
            " `/api/v1/webhooks`, rồi tạo lại.",
        ),
        Words(
            "There are too many endpoints",
            "There are {given} endpoints already, and no more can be made.",
            "The number of endpoints is limited, so that sending does not take the whole server. Delete those that"
            " nobody uses any more at `/api/v1/webhooks`, then create yours again.",
        ),
    ),
}
