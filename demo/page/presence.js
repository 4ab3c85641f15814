// Whether the server answers. Who asks it tells so here, and nowhere else; what it left unanswered waits here until it is back.
const SOON = 1000; // ms to the second try
const SELDOM = 5000; // ms between tries at the longest

/** The server's silence, as an error with a sentence. */
export class Silence extends Error {}

/** The server answered that it is too busy; `time` are the ms after which it may be asked again. */
export class Busy extends Silence {
  constructor(words, time) {
    super(words);
    this.time = time;
  }
}

const followers = [];
let waiting = [];
let troubled = false;

/** Call `follower` with a sentence whenever a question finds the server slow or silent, and with "" when all is well again. */
export const followServer = (follower) => followers.push(follower);

export function tellOfServer(words) {
  if (!words && !troubled) return;
  troubled = Boolean(words);
  for (const follower of followers) follower(words);
}

/** The server answered: whoever waits for it may ask again. */
export function serverAnswered() {
  tellOfServer("");
  wakeWaiting();
}

/** Whoever waits for the server may ask again, though it is not known to be well. */
export function wakeWaiting() {
  const woken = waiting;
  waiting = [];
  for (const wake of woken) wake();
}

/** Resolves when the server next answers anything. */
export const serverBack = () => new Promise((resolve) => waiting.push(resolve));

/** Say what went wrong; a sentence of the server's silence is taken back when it answers again. */
export function complain(error, say) {
  say(error.message);
  if (error instanceof Silence) serverBack().then(() => say(""));
}

export const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));

/** `work` again and again until it succeeds. */
export async function persist(work) {
  for (let time = SOON; ; time = Math.min(SELDOM, 2 * time)) {
    try {
      return await work();
    } catch {
      await pause(time);
    }
  }
}
