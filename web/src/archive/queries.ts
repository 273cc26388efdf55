import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "../api/client";
import type { components } from "../api/schema";

type Schemas = components["schemas"];

export type Trash = Schemas["Trash"];
export type TrashedRecording = Schemas["TrashedRecording"];
export type Hold = Schemas["Hold"];
export type HoldScope = Schemas["HoldScope"];
export type RetentionPolicy = Schemas["RetentionPolicy"];
export type RetentionRule = Schemas["RetentionRule"];
export type RuleScope = Schemas["RuleScope"];
export type Deletion = Schemas["Deletion"];
export type Simulation = Schemas["Simulation"];
export type SimulatedDay = Schemas["SimulatedDay"];
export type SimulatedRecording = Schemas["SimulatedRecording"];
export type StorageReport = Schemas["StorageReport"];
export type ForecastDay = Schemas["ForecastDay"];
export type CertificateSummary = Schemas["CertificateSummary"];
export type AuditEntry = Schemas["AuditEntry"];
export type Case = Schemas["Case"];
export type CaseFile = Schemas["CaseFile"];
export type CaseRecording = Schemas["CaseRecording"];
export type CaseExport = Schemas["CaseExport"];
export type CaseChange = Schemas["CaseChange"];

/** An export under way is asked about again. */
const EXPORT_POLL_MS = 1_000;

export const trashQuery = queryOptions({
  queryKey: ["archive", "trash"],
  queryFn: () => unwrap(client.GET("/api/v1/trash")),
});

export const holdsQuery = queryOptions({
  queryKey: ["archive", "holds"],
  queryFn: async () => (await unwrap(client.GET("/api/v1/holds"))).holds,
});

export const policyQuery = queryOptions({
  queryKey: ["archive", "policy"],
  queryFn: () => unwrap(client.GET("/api/v1/retention")),
});

/** What a draft would do, or the policy in force when there is no draft. Asking changes nothing. */
export const simulationQuery = (policy: RetentionPolicy | null, days: number) =>
  queryOptions({
    queryKey: ["archive", "simulation", policy, days],
    queryFn: () => {
      const time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      return unwrap(client.POST("/api/v1/retention/simulation", { body: { policy, days, time_zone } }));
    },
  });

export const storageQuery = queryOptions({
  queryKey: ["archive", "storage"],
  queryFn: () => unwrap(client.GET("/api/v1/storage")),
});

export const certificatesQuery = queryOptions({
  queryKey: ["archive", "certificates"],
  queryFn: () => unwrap(client.GET("/api/v1/certificates")),
});

export const casesQuery = queryOptions({
  queryKey: ["archive", "cases"],
  queryFn: async () => (await unwrap(client.GET("/api/v1/cases"))).cases,
});

export const caseQuery = (id: string) =>
  queryOptions({
    queryKey: ["archive", "case", id],
    queryFn: () => unwrap(client.GET("/api/v1/cases/{case_id}", { params: { path: { case_id: id } } })),
    refetchInterval: ({ state }) =>
      state.data?.exports.some((row) => row.state === "queued" || row.state === "running") ? EXPORT_POLL_MS : false,
  });

export const caseSearchQuery = (id: string, q: string) =>
  queryOptions({
    queryKey: ["archive-search", id, q],
    queryFn: () =>
      unwrap(client.GET("/api/v1/cases/{case_id}/search", { params: { path: { case_id: id }, query: { q } } })),
    // Each question is logged, so none is asked again by itself.
    staleTime: Number.POSITIVE_INFINITY,
  });

export interface AuditFilters {
  actor?: string;
  action?: string;
  recording_id?: string;
  outcome?: string;
  from?: string;
  to?: string;
  page_token?: string;
}

export const auditQuery = (filters: AuditFilters) =>
  queryOptions({
    queryKey: ["archive", "audit", filters],
    queryFn: () => unwrap(client.GET("/api/v1/audit", { params: { query: filters } })),
  });
