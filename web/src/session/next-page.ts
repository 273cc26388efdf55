/** Reads where to go after signing in: a path of this console, never another site. */
export function nextPage(next: string | null): string {
  const home = "/recordings";
  if (next === null || !next.startsWith("/")) {
    return home;
  }
  try {
    const base = "https://console.invalid";
    const url = new URL(next, base);
    return url.origin === base && !url.pathname.startsWith("//") ? `${url.pathname}${url.search}` : home;
  } catch {
    return home;
  }
}
