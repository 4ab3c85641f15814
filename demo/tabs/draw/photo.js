// A photo in place of a drawing: a file that is chosen, dropped or pasted, or what the camera sees.
import { latest } from "../../page/latest.js";
import { give } from "../../runtime/server.js";

const LIMIT = 10_000_000; // bytes

/** `put` gets {image}, what the model sees of the photo; `say` what is wrong with it. */
export function makePhoto(element, put, say) {
  const find = (selector) => element.querySelector(selector);
  const [open, panel, input] = [find(".photo-open"), find("#photo-panel"), find("[type=file]")];

  const look = latest(async (file) => {
    if (file.size > LIMIT) throw new Error(`Expected a picture of at most ${LIMIT / 1e6} MB.`);
    put(await give("photo", file));
  }, say);
  const take = (files) => {
    if (files?.length) look(files[0]);
    return Boolean(files?.length);
  };

  open.onclick = () => {
    panel.hidden = !panel.hidden;
    open.setAttribute("aria-expanded", String(!panel.hidden));
  };
  find(".photo-choose").onclick = () => input.click();
  input.onchange = () => {
    take(input.files);
    input.value = ""; // so that the same file may be chosen again
  };
  panel.ondragover = (event) => {
    event.preventDefault();
    panel.classList.add("over");
  };
  panel.ondragleave = () => panel.classList.remove("over");
  panel.ondrop = (event) => {
    event.preventDefault();
    panel.classList.remove("over");
    take(event.dataTransfer.files);
  };
  document.addEventListener("paste", (event) => {
    if (element.offsetParent && !event.target.closest("input, textarea") && take(event.clipboardData?.files)) event.preventDefault();
  });
  makeCamera(find, look, say);
}

function makeCamera(find, look, say) {
  const [start, viewer, video] = [find(".photo-camera"), find(".photo-viewer"), find("video")];
  start.hidden = !navigator.mediaDevices?.getUserMedia; // without a secure connection a browser has none

  function close() {
    for (const track of video.srcObject?.getTracks() ?? []) track.stop();
    video.srcObject = null;
    viewer.hidden = true;
    start.disabled = false;
  }
  start.onclick = async () => {
    start.disabled = true;
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      viewer.hidden = false;
    } catch {
      close();
      say("The browser gave no camera: allow it, or choose a file.");
    }
  };
  find(".photo-shoot").onclick = () => {
    const still = Object.assign(document.createElement("canvas"), { width: video.videoWidth, height: video.videoHeight });
    still.getContext("2d").drawImage(video, 0, 0);
    still.toBlob((blob) => blob && look(blob), "image/jpeg", 0.9);
    close();
  };
  find(".photo-close").onclick = close;
}
