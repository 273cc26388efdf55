/** The running server the tests look at, and the account they use. */
export interface Deployment {
  url: string;
  userName: string;
  password: string;
  /** A finished recording with transcript and minutes; the newest complete one when it is not given. */
  recordingId: string | null;
}

/** Reads the deployment from the environment; a missing variable fails the run, it never skips it. */
export function deployment(): Deployment {
  return {
    url: required("HUIJI_E2E_URL"),
    userName: required("HUIJI_E2E_USER"),
    password: required("HUIJI_E2E_PASSWORD"),
    recordingId: process.env.HUIJI_E2E_RECORDING ?? null,
  };
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") {
    throw new Error(`${name} is not set: start a server with a finished recording and name it`);
  }
  return value;
}
