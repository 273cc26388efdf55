interface LogoProps {
  size?: number;
}

/** The mark of 会记: the roof of 会 over two lines of minutes, and the recording light. */
export function Logo({ size = 28 }: LogoProps) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="#0d6357" />
      <path
        d="M6.5 15.2 16 7l9.5 8.2"
        fill="none"
        stroke="#fff"
        strokeWidth="2.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <path d="M10 18.6h12M10 24h6.4" fill="none" stroke="#fff" strokeWidth="2.6" strokeLinecap="round" />
      <circle cx="21.4" cy="24" r="2.6" fill="#ff7a5c" />
    </svg>
  );
}
