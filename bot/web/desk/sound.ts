/** Two short tones, made on the spot: no file to load, and nothing plays before the nurse has switched it on. */

let context: AudioContext | undefined;

export function chime(urgent: boolean): void {
  context ??= new AudioContext();
  void context.resume();
  const notes = urgent ? [880, 660, 880, 660] : [660, 520];
  notes.forEach((frequency, index) => tone(context!, frequency, context!.currentTime + index * 0.2));
}

function tone(audio: AudioContext, frequency: number, at: number): void {
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  oscillator.frequency.value = frequency;
  gain.gain.setValueAtTime(0.0001, at);
  gain.gain.exponentialRampToValueAtTime(0.25, at + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.0001, at + 0.18);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(at);
  oscillator.stop(at + 0.2);
}
