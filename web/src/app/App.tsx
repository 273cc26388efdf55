import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { RouterProvider } from "react-router";
import { RequestError } from "../api/problem";
import { LocaleProvider } from "../i18n/LocaleProvider";
import { AppearanceProvider } from "../theme/AppearanceProvider";
import { router } from "./router";

const RETRIES_MAX = 2;

function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, problem) => failures < RETRIES_MAX && problem instanceof RequestError && problem.isTransient,
      },
    },
  });
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
