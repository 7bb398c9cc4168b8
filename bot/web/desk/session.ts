/** Who is signed in. The session itself is a cookie that scripts cannot read. */

import { signal } from "@preact/signals";

export interface Nurse {
  name: string;
  display_name: string;
}

export type SignInProblem = "wrong" | "tooMany" | "unreachable";

/** undefined while the server has not said yet, null when nobody is. */
export const nurse = signal<Nurse | null | undefined>(undefined);

/** Asks the server who we are; throws when it cannot be reached. */
export async function refresh(): Promise<void> {
  const response = await fetch("/desk/api/me");
  if (response.status === 401) nurse.value = null;
  else if (!response.ok) throw new Error(`me: ${response.status}`);
  else nurse.value = (await response.json()) as Nurse;
}

export async function signIn(name: string, password: string): Promise<SignInProblem | null> {
  try {
    const response = await fetch("/desk/api/login", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name, password }),
    });
    if (response.ok) {
      nurse.value = (await response.json()) as Nurse;
      return null;
    }
    if (response.status === 429) return "tooMany";
    return response.status === 401 ? "wrong" : "unreachable";
  } catch {
    return "unreachable";
  }
}

export async function signOut(): Promise<void> {
  await fetch("/desk/api/logout", { method: "POST" }).catch(() => undefined);
  nurse.value = null;
}
