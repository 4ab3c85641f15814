// A link to give away: into the address bar, and onto the clipboard where the browser lets it.
const inFrame = window.self !== window.top; // whose address nobody sees

/** Share a link; the field, in a label of its own, is shown where nothing else has it. The answer is what to tell. */
export async function share(link, field) {
  field.value = link;
  if (!inFrame) history.replaceState(null, "", link);
  const copied = await copy(link);
  field.parentElement.hidden = copied && !inFrame;
  if (!copied) field.select();
  return copied ? "The link is copied." : "The browser copies nothing by itself here: copy the link from the field.";
}

/** Whether a text could be copied: no browser allows it without a secure connection, nor in every frame. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
