import type { ComponentType } from "react";
import { createBrowserRouter, Navigate } from "react-router";
import { Crashed } from "./Crashed";
import { Shell } from "./Shell";

const page = <T extends string>(load: () => Promise<Record<T, ComponentType>>, name: T) => ({
  lazy: async () => ({ Component: (await load())[name] }),
});

export const router = createBrowserRouter([
  {
    path: "/sign-in",
    ErrorBoundary: Crashed,
    ...page(() => import("../pages/SignInPage"), "SignInPage"),
  },
  {
    path: "/s",
    ErrorBoundary: Crashed,
    HydrateFallback: () => null,
    ...page(() => import("../pages/LinkPage"), "LinkPage"),
  },
  {
    Component: Shell,
    ErrorBoundary: Crashed,
    HydrateFallback: () => null,
    children: [
      {
        ErrorBoundary: Crashed,
        children: [
          { path: "/", element: <Navigate to="/recordings" replace /> },
          { path: "/recordings", ...page(() => import("../pages/RecordingsPage"), "RecordingsPage") },
          { path: "/recordings/:recordingId", ...page(() => import("../pages/RecordingPage"), "RecordingPage") },
          { path: "/search", ...page(() => import("../pages/SearchPage"), "SearchPage") },
          { path: "/action-items", ...page(() => import("../pages/ActionItemsPage"), "ActionItemsPage") },
          { path: "/archive", element: <Navigate to="/archive/trash" replace /> },
          { path: "/archive/trash", ...page(() => import("../pages/TrashPage"), "TrashPage") },
          { path: "/archive/retention", ...page(() => import("../pages/RetentionPage"), "RetentionPage") },
          { path: "/archive/storage", ...page(() => import("../pages/StoragePage"), "StoragePage") },
          { path: "/archive/holds", ...page(() => import("../pages/HoldsPage"), "HoldsPage") },
          { path: "/archive/cases", ...page(() => import("../pages/CasesPage"), "CasesPage") },
          { path: "/archive/cases/:caseId", ...page(() => import("../pages/CasePage"), "CasePage") },
          { path: "/archive/certificates", ...page(() => import("../pages/CertificatesPage"), "CertificatesPage") },
          { path: "/archive/audit", ...page(() => import("../pages/AuditPage"), "AuditPage") },
          { path: "/sharing", ...page(() => import("../pages/SharingRulesPage"), "SharingRulesPage") },
          { path: "/plan", ...page(() => import("../pages/PlanPage"), "PlanPage") },
          { path: "*", ...page(() => import("../pages/NotFoundPage"), "NotFoundPage") },
        ],
      },
    ],
  },
]);
