// Send a ward's figures, see the city's, read a refusal, with the generated types: node build/round_trip.js http://… dxk_…
import createClient from "openapi-fetch";
import type { components, paths } from "./dxi.js";

declare const process: { argv: string[] };
const [, , baseUrl = "", key = ""] = process.argv;
const service = createClient<paths, "application/json" | "application/problem+json">({ baseUrl, headers: { Authorization: `Bearer ${key}` } });
const indicator = "adults_with_smartphone_rate";

function figures(period: string): components["schemas"]["SubmissionIn"] {
  return { area: "14758", period, rows: [{ indicator, numerator: 8123, denominator: 9340 }] };
}

const sent = await service.POST("/api/v1/submissions", {
  params: { header: { "Idempotency-Key": "typescript-2025-05" } },
  body: figures("2025-05"),
});
if (!sent.data) throw new Error(sent.error.detail);
console.log(sent.data.state, sent.data.summary.created + sent.data.summary.unchanged);

const city = await service.GET("/api/v1/city/series", {
  params: { query: { indicator, period_from: "2025-05", period_to: "2025-05" } },
});
if (!city.data) throw new Error(city.error.detail);
const [row] = city.data.data;
console.log(row?.period, row?.reported, row?.expected);

const refused = await service.POST("/api/v1/submissions", {
  params: { query: { lang: "en" } },
  body: figures("2199-05"),
});
const place = refused.error?.errors[0];
console.log(refused.error?.status, refused.error?.code, place?.pointer, place?.code);
