// A secret of this browser: whoever starts a training or brings a model with it may stop that training and sees that
// model, from any of its pages. In the browser of whoever started the app it is the owner's key.
const NAME = "training-token";
let token = null;

export function ownToken() {
  token ??= stored() ?? keepToken(fresh());
  return token;
}

/** Use another secret from now on. */
export function keepToken(secret) {
  token = secret;
  try {
    localStorage.setItem(NAME, secret);
  } catch {
    /* no storage here: good for as long as the page is open */
  }
  return secret;
}

function stored() {
  try {
    return localStorage.getItem(NAME);
  } catch {
    return null;
  }
}

const fresh = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

const inAddress = () => new URLSearchParams(location.hash.slice(1)).get("owner");

export const holdsKey = () => inAddress() !== null;

/** The owner's key in the page's address, which is taken out of it so that nobody passes it on; or null. */
export function keyFromLink() {
  const key = inAddress();
  if (key) history.replaceState(history.state, "", location.pathname + location.search);
  return key;
}
