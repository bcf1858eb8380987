/** What was typed was not taken: seen and heard, for teachers who look at their papers while they type. */
import { reducedMotion } from "../common/dom.ts";

const TONE_HZ = 330;
const TONE_S = 0.14;
const LOUDNESS = 0.06;

let audio: AudioContext | undefined;

export function alarm(element: HTMLElement): void {
  element.dataset["alarms"] = String(Number(element.dataset["alarms"] ?? 0) + 1);
  if (!reducedMotion()) {
    element.classList.remove("is-alarm");
    void element.offsetWidth;
    element.classList.add("is-alarm");
  }
  tone();
}

function tone(): void {
  if (typeof AudioContext === "undefined") return;
  try {
    audio ??= new AudioContext();
    const now = audio.currentTime;
    const source = audio.createOscillator();
    const volume = audio.createGain();
    source.type = "triangle";
    source.frequency.value = TONE_HZ;
    volume.gain.setValueAtTime(LOUDNESS, now);
    volume.gain.exponentialRampToValueAtTime(0.0001, now + TONE_S);
    source.connect(volume).connect(audio.destination);
    source.start(now);
    source.stop(now + TONE_S);
  } catch {
    // no sound on this machine: the cell shows it
  }
}
