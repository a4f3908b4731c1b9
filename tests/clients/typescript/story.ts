// The story of the README, told by a generated TypeScript client: `tsc --strict` checks every word.
// It is given the address of a running service and a token for each role, and prints what it was told.

import createClient from "openapi-fetch";
import type { components, paths } from "./client.js";

type CaseView = components["schemas"]["CaseView"];
type Problem = components["schemas"]["Problem"];

const [address, tokens, today] = process.argv.slice(2) as [string, string, string];
const visitor = createClient<paths>({ baseUrl: address });
const roles: Record<string, string> = JSON.parse(tokens);
const as = (role: string) =>
  createClient<paths>({ baseUrl: address, headers: { Authorization: `Bearer ${roles[role]}` } });
const clerk = as("intake_clerk");
const decider = as("decision_officer");
const inspector = as("inspector");
const chair = as("hearing_chair");
const auditor = as("auditor");

type Answer<T> = { data?: T; error?: Problem; response: Response };

function told<T>({ data, error, response }: Answer<T>): T {
  if (data === undefined) throw new Error(`${response.status} ${error?.detail}`);
  return data;
}

function say(answer: Answer<CaseView>): CaseView {
  const seen = told(answer);
  console.log(seen.version, seen.stage_label);
  return seen;
}

// Uploads a paper; returns the SHA-256 that names it.
async function scan(client: typeof visitor, paper: string): Promise<string> {
  const form = new FormData();
  form.append("file", new Blob([`%PDF-1.7 ${paper}`]), "scan.pdf");
  const sent = await client.POST("/api/v1/files", {
    body: { file: "" },
    bodySerializer: () => form,
  });
  return told(sent).sha256;
}

const opened = told(
  await clerk.POST("/api/v1/cases", {
    params: { header: { "Idempotency-Key": "typescript-story" } },
    body: {
      item: "000731401001",
      kind: "notice_commitment",
      applicant: {
        kind: "organisation",
        code: "91411281MA9KXNT33Y",
        name: "义马市示例科技有限公司",
      },
      submitted: ["M-01", "M-02", "M-03"],
      scans: [],
      acceptance: "accepted",
    },
  }),
);
const path = { case_id: opened.id };

say(await clerk.POST("/api/v1/cases/{case_id}/query", { params: { path }, body: {} }));
const { notice } = say(
  await clerk.POST("/api/v1/cases/{case_id}/notify", { params: { path }, body: {} }),
);
if (notice === null) throw new Error("no notice");
const { commitment } = say(
  await clerk.POST("/api/v1/cases/{case_id}/commit", {
    params: { path },
    body: {
      outcome: "promise",
      letter: {
        notice_digest: notice.digest,
        digest: await scan(clerk, "承诺书"),
        signature: { mark: "seal", signed_on: today },
        attested: true,
      },
    },
  }),
);
if (commitment === null) throw new Error("no commitment");

const grant = {
  outcome: "grant",
  document: { number: "义市监〔2026〕8002号", kind: "approval", title: "准予注销登记通知书" },
} as const;
const refused = await clerk.POST("/api/v1/cases/{case_id}/decide", {
  params: { path },
  body: grant,
});
console.log(refused.error?.status, refused.error?.code);
say(
  await decider.POST("/api/v1/cases/{case_id}/decide", {
    params: { path, header: { "If-Match": '"4"' } },
    body: grant,
  }),
);
say(
  await inspector.POST("/api/v1/cases/{case_id}/inspect", {
    params: { path },
    body: { outcome: "breach", kind: "false_statement", finding: "尚有未结清的债务" },
  }),
);
say(
  await inspector.POST("/api/v1/cases/{case_id}/rectify", {
    params: { path },
    body: { outcome: "order", items: ["结清全部债务"] },
  }),
);
say(
  await inspector.POST("/api/v1/cases/{case_id}/rectify", {
    params: { path },
    body: { outcome: "failed", shortfall: "inadequate", finding: "仍有一笔债务没有结清" },
  }),
);
say(
  await inspector.POST("/api/v1/cases/{case_id}/forewarn", {
    params: { path },
    body: { measures: ["H1"], reason: "虚假承诺且整改不到位" },
  }),
);
say(
  await chair.POST("/api/v1/cases/{case_id}/hear", {
    params: { path },
    body: { outcome: "waived", digest: await scan(chair, "放弃陈述申辩声明") },
  }),
);
const last = await decider.POST("/api/v1/cases/{case_id}/penalize", {
  params: { path },
  body: {
    outcome: "impose",
    measures: ["H1"],
    severity: "general",
    basis: {
      kind: "other_admin_decision",
      number: "义市监信〔2026〕8002号",
      issued_on: today,
      served_on: today,
      digest: await scan(decider, "决定书"),
      issuer: { code: "114112810058000150", name: "义马市市场监督管理局" },
    },
    verdict: {
      status: "3",
      unfulfilled_content: "债务没有结清",
      breach_consequence: "撤销注销登记",
    },
  },
});
say(last);

const position = Number(last.response.headers.get("X-Position"));
const entry = told(
  await visitor.GET("/api/v1/disclosures/{code}", {
    params: { path: { code: commitment.code }, header: { "X-Min-Position": position } },
  }),
);
console.log(entry.conclusion);
for (const { version, sentence } of told(
  await auditor.GET("/api/v1/cases/{case_id}/history", { params: { path } }),
)) {
  console.log(version, sentence);
}
say(await auditor.GET("/api/v1/cases/{case_id}", { params: { path, query: { version: 4 } } }));
const page = told(await auditor.GET("/api/v1/cases", { params: { query: { limit: 2 } } }));
console.log(page.items.length, page.next !== null);
const bundle = await auditor.GET("/api/v1/cases/{case_id}/bundle", {
  params: { path },
  parseAs: "arrayBuffer",
});
console.log(bundle.response.status);
const checkpoint = await visitor.GET("/log/checkpoint", { parseAs: "text" });
console.log(checkpoint.response.status);
