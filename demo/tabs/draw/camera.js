// What the camera sees, as a photo.
export function makeCamera(find, look, say) {
  const [start, viewer, video] = [find(".photo-camera"), find(".photo-viewer"), find("video")];
  start.hidden = !(navigator.mediaDevices && navigator.mediaDevices.getUserMedia);
  find(".photo-why").hidden = !start.hidden || window.isSecureContext;

  function close() {
    for (const track of video.srcObject ? video.srcObject.getTracks() : []) track.stop();
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
