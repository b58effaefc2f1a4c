"use strict";

/**
 * Calls of the signing agent on this machine. One operation is one WebSocket: one text out, one text back.
 *
 *   const agent = new SigningAgent();
 *   const reply = await agent.signApproved({ FileUploadHandler, FileName, MetaData });
 *   if (reply.Status !== 0 || !reply.FileServer) …
 *
 * A promise is always settled: with AgentProblem when nobody listens ("not-running"), when nothing comes back in time
 * ("no-answer"), or when the agent hangs up ("hung-up").
 */
class AgentProblem extends Error {
  constructor(kind) {
    super(kind);
    this.kind = kind;
  }
}

class SigningAgent {
  constructor({ address = "wss://127.0.0.1:8987", patience = 180 } = {}) {
    this.address = address;
    this.patience = patience;
  }

  /** The reply to one message, as text. */
  call(operation, message, patience = this.patience) {
    return new Promise((resolve, reject) => {
      let opened = false;
      const socket = new WebSocket(`${this.address}/${operation}`);
      const settle = (how, value) => {
        clearTimeout(timer);
        how(value);
        socket.close();
      };
      const timer = setTimeout(() => settle(reject, new AgentProblem(opened ? "no-answer" : "not-running")), patience * 1000);
      socket.onopen = () => {
        opened = true;
        socket.send(message);
      };
      socket.onmessage = (event) => settle(resolve, event.data);
      socket.onclose = () => settle(reject, new AgentProblem(opened ? "hung-up" : "not-running"));
    });
  }

  async json(operation, request) {
    return JSON.parse(await this.call(operation, typeof request === "string" ? request : JSON.stringify(request)));
  }

  version() { return this.call("GetVersion", "GetVersion", 5); }
  certificate() { return this.json("GetCertInfo", "get_cert_info"); }
  configure() { return this.json("Config", "config"); }
  authenticate(challenge) { return this.json("Auth", challenge); }
  signApproved(request) { return this.json("SignApproved", request); }
  signIssued(request) { return this.json("SignIssued", request); }
  signIncome(request) { return this.json("SignIncome", request); }
  comment(request) { return this.json("Comment", request); }
  signAppendix(request) { return this.json("SignAppendix", request); }
  signCopy(request) { return this.json("SignCopy", request); }
  signFile(request) { return this.json("SignFile", request); }
  signPdf(request) { return this.json("SignPDF", request); }
  signFiles(request) { return this.json("SignFiles", request); }
  signHash(request) { return this.json("SignHash", request); }
  signMessage(request) { return this.json("SignMsg", request); }
  signXml(request) { return this.json("SignXML", request); }
  signJson(request) { return this.json("SignJson", request); }
  verifyMessage(request) { return this.json("VerifyMsg", request); }
  verifyXml(request) { return this.json("VerifyXML", request); }
  verifyJson(signed) { return this.json("VerifyJson", signed); }
  verifyPdf(request) { return this.json("VerifyPDF", request); }
}
