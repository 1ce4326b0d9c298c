/** Colours of the roles, read from the page, so that dark is dark on the map and in its marks, too. */

const ROLES = ["ground", "surface", "sunken", "line", "edge", "ink", "ink-2", "ink-3", "act", "info", "good", "warn", "grade-a", "grade-b", "grade-c", "grade-d", "grade-ink"] as const;
export type Colours = Record<(typeof ROLES)[number], string> & { is_dark: boolean };

export function readColours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const roles = Object.fromEntries(ROLES.map((role) => [role, style.getPropertyValue(`--${role}`).trim()]));
  return { ...roles, is_dark: style.colorScheme === "dark" } as Colours;
}
