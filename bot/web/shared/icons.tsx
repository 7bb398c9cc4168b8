/** Line icons on a 24-pixel grid, drawn for this project; decorative, so hidden from screen readers. */

const PATHS = {
  mark: "M12 20.5S3.5 15.6 3.5 9.6A4.6 4.6 0 0 1 12 7.1a4.6 4.6 0 0 1 8.5 2.5c0 6-8.5 10.9-8.5 10.9ZM12 10.2v5M9.5 12.7h5",
  chat: "M4 5.5h16v11H9.5L5 20v-3.5H4zM8 9.5h8M8 12.5h5",
  close: "M6 6l12 12M18 6 6 18",
  send: "M4.5 12h14M12.5 5.5 19 12l-6.5 6.5",
  nurse: "M12 12.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5c.6-3.6 3.6-5.5 7.5-5.5s6.9 1.9 7.5 5.5M12 6.7v3.6M10.2 8.5h3.6",
  team: "M9 11.5a3.3 3.3 0 1 0 0-6.6 3.3 3.3 0 0 0 0 6.6ZM2.8 19.5c.4-3.2 2.9-5 6.2-5s5.8 1.8 6.2 5M16 5.2a3.1 3.1 0 0 1 0 6M18 14.8c1.9.7 3 2.3 3.2 4.7",
  screen: "M3.5 5h17v11h-17zM9 20h6M12 16v4",
  snooze: "M12 20a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15ZM9.8 9.8h4.4l-4.4 5.4h4.4M4 5.5 6.5 3M20 5.5 17.5 3",
  spark: "M12 3.5l1.9 5.6 5.6 1.9-5.6 1.9L12 18.5l-1.9-5.6L4.5 11l5.6-1.9zM19 16.5v4M17 18.5h4",
  phone: "M6 3.5h3l1.5 4.5-2 1.5a11 11 0 0 0 6 6l1.5-2 4.5 1.5v3c0 1.1-.9 2-2 2C10.5 20 4 13.5 4 5.5c0-1.1.9-2 2-2Z",
  alert: "M12 3.8 21.5 20h-19zM12 10v4.5M12 17.1v.1",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5.2l3.2 2",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 11v5.5M12 7.8v.1",
  leaf: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM8 12.3l2.8 2.8L16 9.5",
  menu: "M5 12h.01M12 12h.01M19 12h.01",
  check: "M5 12.5l4.5 4.5L19 7.5",
  down: "M12 5v13M6 12.5l6 6 6-6",
  chevron: "M7 10l5 5 5-5",
  external: "M13.5 5H19v5.5M19 5l-8.5 8.5M17 14v5H5V7h5",
  back: "M19 12H5M11 6l-6 6 6 6",
  copy: "M9 9h10.5v11.5H9zM5.5 15H4.5V3.5H15v2",
  bell: "M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 2h-15zM10 21h4",
  mute: "M6 16.5V11a6 6 0 0 1 9.5-4.9M18 10.5v6l1.5 2h-12M10 21h4M3.5 3.5l17 17",
  book: "M12 6.5C10 5 7 4.5 4 4.5v13c3 0 6 .5 8 2 2-1.5 5-2 8-2v-13c-3 0-6 .5-8 2ZM12 6.5v13",
  logout: "M10 4H5v16h5M14.5 8l4 4-4 4M18.5 12H9.5",
  note: "M6 3.5h9l3.5 3.5v13.5H6zM9 10.5h6.5M9 14h6.5M9 17.5h4",
  keyboard: "M3 6.5h18v11H3zM6.5 10h.01M10 10h.01M14 10h.01M17.5 10h.01M8 14h8",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width={name === "menu" ? 2.8 : 1.8}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
