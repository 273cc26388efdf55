/** The running server the tests look at, and the account they use. */
export interface Deployment {
  url: string;
  userName: string;
  password: string;
  /** A finished recording with transcript and minutes; the newest complete one when it is not given. */
  recordingId: string | null;
  /** Somebody who took part and may view, but neither control nor export. */
  participantName: string;
  /** Somebody who sees no recording at all. */
  strangerName: string;
  adminName: string;
  /** Two people of the compliance team. */
  complianceNames: [string, string];
}

/** Reads the deployment from the environment; a missing variable fails the run, it never skips it. */
export function deployment(): Deployment {
  return {
    url: required("HUIJI_E2E_URL"),
    userName: required("HUIJI_E2E_USER"),
    password: required("HUIJI_E2E_PASSWORD"),
    recordingId: process.env.HUIJI_E2E_RECORDING ?? null,
    // The accounts of the demo, which share their password.
    participantName: process.env.HUIJI_E2E_PARTICIPANT ?? "bob",
    strangerName: process.env.HUIJI_E2E_STRANGER ?? "admin",
    adminName: "admin",
    complianceNames: ["carol", "dave"],
  };
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") {
    throw new Error(`${name} is not set: start a server with a finished recording and name it`);
  }
  return value;
}
