// Has the desktop signing agent sign the challenge (docs/agent.md: one WebSocket, one text out, one text back), and
// sends the signature with the form. Without this script a signature can be uploaded or pasted.
const challenge = document.getElementById("challenge");
const button = document.getElementById("agent");
const says = document.getElementById("agent-says");
const PATIENCE = 180_000;

button.disabled = false;
says.textContent = "";
button.addEventListener("click", () => {
  const socket = new WebSocket(`${challenge.dataset.agent}/Auth`);
  let answered = false;
  const timer = setTimeout(() => socket.close(), PATIENCE);
  button.disabled = true;
  socket.onopen = () => {
    says.textContent = says.dataset.wait;
    socket.send(challenge.textContent);
  };
  socket.onmessage = (event) => {
    answered = true;
    clearTimeout(timer);
    socket.close();
    const reply = JSON.parse(event.data);
    if (reply.Status === 0) {
      document.getElementById("signature").value = reply.Signature;
      document.getElementById("answer").submit();
    } else {
      says.textContent = reply.Error || reply.Message;
      button.disabled = false;
    }
  };
  socket.onclose = () => {
    if (answered) return;
    says.textContent = says.dataset.none;
    button.disabled = false;
  };
});
