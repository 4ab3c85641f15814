// A large photo made smaller before it is sent. What the browser cannot decode, or would change, is sent as it is.
const LARGE = 4_000_000; // bytes; smaller files are sent as they are
const SIDE = 2048; // pixels of the longer side, twice what the server looks at
const STILL = /^image\/(jpeg|png|heic|heif|avif)$/; // an animation would lose its frames

export async function reduced(file) {
  if (file.size <= LARGE || !STILL.test(file.type) || !readsBack()) return file;
  const address = URL.createObjectURL(file);
  try {
    const photo = new Image();
    photo.src = address;
    await photo.decode();
    return (await drawn(photo, file.type)) || file;
  } catch {
    return file;
  } finally {
    URL.revokeObjectURL(address);
  }
}

// An <img> is drawn upright, as its camera was held; the file that is made says nothing of it any more.
function drawn(photo, kind) {
  const scale = SIDE / Math.max(photo.naturalWidth, photo.naturalHeight);
  if (!(scale < 1)) return null;
  const [width, height] = [photo.naturalWidth, photo.naturalHeight].map((side) => Math.max(1, Math.round(side * scale)));
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(photo, 0, 0, width, height);
  return new Promise((done) => canvas.toBlob(done, kind === "image/png" ? kind : "image/jpeg", 0.92)); // PNG may be transparent
}

// Browsers that protect against fingerprints give noise in place of what was drawn.
function readsBack() {
  const canvas = Object.assign(document.createElement("canvas"), { width: 8, height: 8 });
  const context = canvas.getContext("2d");
  context.fillStyle = "rgb(20, 120, 220)";
  context.fillRect(0, 0, 8, 8);
  return context.getImageData(0, 0, 8, 8).data.every((value, k) => value === [20, 120, 220, 255][k % 4]);
}
