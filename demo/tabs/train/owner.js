// A secret of this browser: whoever starts a training with it may stop that training, from any of its pages.
const NAME = "training-token";

export function ownToken() {
  const fresh = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  try {
    const kept = localStorage.getItem(NAME);
    if (!kept) localStorage.setItem(NAME, fresh);
    return kept ?? fresh;
  } catch {
    return fresh; // no storage here: good for as long as the page is open
  }
}
