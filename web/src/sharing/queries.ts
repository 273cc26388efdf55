import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "../api/client";

export const sharingQuery = (id: string) =>
  queryOptions({
    queryKey: ["sharing", id],
    queryFn: () =>
      unwrap(client.GET("/api/v1/recordings/{recording_id}/sharing", { params: { path: { recording_id: id } } })),
  });

export const sharingPolicyQuery = queryOptions({
  queryKey: ["sharing-policy"],
  queryFn: () => unwrap(client.GET("/api/v1/sharing-policy")),
});

export const viewLogQuery = (id: string) =>
  queryOptions({
    queryKey: ["views", id],
    queryFn: async () =>
      (await unwrap(client.GET("/api/v1/recordings/{recording_id}/views", { params: { path: { recording_id: id } } })))
        .entries,
  });

export const peopleQuery = (q: string) =>
  queryOptions({
    queryKey: ["people", q],
    queryFn: async () => (await unwrap(client.GET("/api/v1/people", { params: { query: { q } } }))).people,
    staleTime: 30_000,
  });
