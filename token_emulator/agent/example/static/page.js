"use strict";

const { agent: address, patience } = document.body.dataset;
const agent = new SigningAgent({ address, patience: Number(patience) });
const said = document.getElementById("said");
const PROBLEMS = {
  "not-running": "Dịch vụ ký số chưa chạy, hoặc trình duyệt chưa tin cậy nó. · The signing service is not running, or not trusted.",
  "no-answer": "Dịch vụ ký số không trả lời. · The signing service does not answer.",
  "hung-up": "Dịch vụ ký số ngắt kết nối. · The signing service hung up.",
};

for (const button of document.querySelectorAll("button[data-operation]")) {
  button.onclick = () => sign(button);
}

async function sign(button) {
  const { operation, document: id } = button.dataset;
  const number = button.closest("tr").querySelector("input[name=number]").value;
  button.disabled = true;
  tell("waiting", "Đang ký… · Signing…");
  try {
    const ticket = await fetch(`/documents/${id}/tickets/${operation}`, { method: "POST" });
    const request = await ticket.json();
    if (operation === "SignIssued") Object.assign(request, { DocNumber: number, IssuedDate: new Date().toISOString() });
    const reply = await agent.json(operation, request);
    if (reply.Status !== 0) tell("failed", reply.Message);
    else if (!reply.FileServer) tell("failed", "Đã ký nhưng chưa lưu được lên máy chủ. · Signed, but not stored.");
    else signed(button.closest("tr"), reply);
  } catch (problem) {
    tell("failed", PROBLEMS[problem.kind] ?? String(problem));
  } finally {
    button.disabled = false;
  }
}

function signed(row, reply) {
  const link = document.createElement("a");
  link.href = reply.FileServer;
  link.textContent = reply.FileName;
  row.querySelector(".state").replaceChildren(link);
  tell("done", "Đã ký. · Signed.");
}

function tell(kind, text) {
  said.className = kind;
  said.textContent = text;
}
