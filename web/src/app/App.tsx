import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { RouterProvider } from "react-router";
import { RequestError } from "../api/problem";
import { sessionQuery } from "../api/queries";
import { LocaleProvider } from "../i18n/LocaleProvider";
import { AppearanceProvider } from "../theme/AppearanceProvider";
import { router } from "./router";

const RETRIES_MAX = 2;

function createQueryClient(): QueryClient {
  const queryClient: QueryClient = new QueryClient({
    // Whatever is refused for want of a session, the session is asked for again; the shell then leads to the sign-in.
    queryCache: new QueryCache({ onError: (problem, query) => refuse(problem, query.queryKey) }),
    mutationCache: new MutationCache({ onError: (problem) => refuse(problem, null) }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, problem) => failures < RETRIES_MAX && problem instanceof RequestError && problem.isTransient,
      },
    },
  });
  const refuse = (problem: Error, queryKey: readonly unknown[] | null) => {
    const signedIn = queryClient.getQueryData(sessionQuery.queryKey) !== undefined;
    const isSession = queryKey?.[0] === sessionQuery.queryKey[0];
    if (problem instanceof RequestError && problem.status === 401 && signedIn && !isSession) {
      void queryClient.invalidateQueries(sessionQuery);
    }
  };
  return queryClient;
}

export function App() {
  const [queryClient] = useState(createQueryClient);
  return (
    <LocaleProvider>
      <AppearanceProvider>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </AppearanceProvider>
    </LocaleProvider>
  );
}
