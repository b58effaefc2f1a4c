"use strict";

const state = document.getElementById("state");
const list = document.getElementById("waiting");
const socket = new WebSocket(`ws://${location.host}/desk`);
const forms = new Map();

socket.onopen = () => socket.send(JSON.stringify({ key: location.hash.slice(1) }));
socket.onclose = (event) => {
  list.replaceChildren();
  state.textContent = event.code === 4001
    ? "Địa chỉ này không còn đúng: hãy mở địa chỉ mà dịch vụ in ra khi khởi động. · This address is out of date."
    : "Dịch vụ ký số đã dừng. · The signing service has stopped.";
};
socket.onmessage = (event) => {
  const { waiting, faults } = JSON.parse(event.data);
  state.textContent = waiting.length ? "Có yêu cầu đang chờ bạn. · You are asked." : "Không có yêu cầu nào. · Nothing is asked.";
  const ids = new Set(waiting.map((one) => one.id));
  for (const [id, form] of forms) if (!ids.has(id)) { form.remove(); forms.delete(id); }
  for (const one of waiting) if (!forms.has(one.id)) show(one);
  document.getElementById("faults").textContent = faults.length
    ? `Lỗi đang đặt · faults on order: ${faults.map((one) => one.name).join(", ")}` : "";
};

function show(question) {
  const form = document.getElementById("question").content.firstElementChild.cloneNode(true);
  const part = (name) => form.querySelector(`[data-is=${name}]`);
  part("title").textContent = question.vi;
  part("english").textContent = question.en;
  part("origin").textContent = question.origin || "(không rõ · unknown)";
  part("about").textContent = question.about || "–";
  const chosen = question.choices.find((one) => one.serial === question.wrong);
  if (chosen) {
    part("wrong").hidden = false;
    part("wrong").textContent = `Mã PIN không đúng, còn ${chosen.tries_left} lần thử. · Wrong PIN, ${chosen.tries_left} tries left.`;
  }
  for (const one of question.choices) {
    form.elements.serial.add(new Option(`${one.name} (${one.serial})`, one.serial, false, one.serial === question.wrong));
  }
  part("device").hidden = !question.choices.length;
  part("pin").hidden = !question.wants_pin;
  part("file").hidden = !question.wants_file;
  form.onsubmit = async (event) => {
    event.preventDefault();
    const file = form.elements.file.files[0];
    send({
      id: question.id, serial: form.elements.serial.value, pin: form.elements.pin.value,
      file_name: file ? file.name : "", file: file ? await base64(file) : "",
    });
    form.elements.pin.value = "";
  };
  form.elements.cancel.onclick = () => send({ id: question.id, cancel: true });
  forms.set(question.id, form);
  list.append(form);
  if (question.wants_pin) form.elements.pin.focus();
}

function send(answer) {
  socket.send(JSON.stringify(answer));
}

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
