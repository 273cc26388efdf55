import { createContext, type ReactNode, useContext } from "react";
import type { User } from "../api/models";

const CurrentUserContext = createContext<User | null>(null);

export function CurrentUserProvider({ user, children }: { user: User; children: ReactNode }) {
  return <CurrentUserContext value={user}>{children}</CurrentUserContext>;
}

export function useCurrentUser(): User {
  const user = useContext(CurrentUserContext);
  if (user === null) {
    throw new Error("useCurrentUser outside CurrentUserProvider");
  }
  return user;
}
