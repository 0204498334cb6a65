/** Two soft notes: something new is in the bell. */

const NOTES_HZ = [660, 880];
const NOTE_S = 0.16;
const LOUDNESS = 0.12;

/** Browsers keep a page silent until somebody has touched it; then nothing is heard, and nothing fails. */
export function chime(): void {
  const context = new AudioContext();
  NOTES_HZ.forEach((frequency_hz, at) => {
    const note = context.createOscillator();
    const volume = context.createGain();
    const start_s = context.currentTime + at * NOTE_S;
    note.frequency.value = frequency_hz;
    volume.gain.setValueAtTime(0, start_s);
    volume.gain.linearRampToValueAtTime(LOUDNESS, start_s + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, start_s + 2 * NOTE_S);
    note.connect(volume).connect(context.destination);
    note.start(start_s);
    note.stop(start_s + 2 * NOTE_S);
    if (at === NOTES_HZ.length - 1) note.onended = () => void context.close();
  });
}
