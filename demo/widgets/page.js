// What belongs to the person's page and follows them from tab to tab. Nothing of it is kept on the server.
export const page = {
  reading: null, // the answer to the drawing on the pad
  z: [], // the style, in sigmas of the prior
  digit: 0,
  locked: new Set(), // dimensions of z that chance leaves alone
};

const followers = [];

export function change(parts) {
  Object.assign(page, parts);
  for (const follower of followers) follower(parts);
}

/** Call `follower` with the parts that changed. */
export function follow(follower) {
  followers.push(follower);
}

export const openTab = (name) => document.querySelector(`[role=tab][data-tab-id=${name}]`).click();
