import { DeleteOutlined } from "@ant-design/icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Tooltip } from "antd";
import { useNavigate } from "react-router";
import { client, unwrap } from "../api/client";
import type { Recording } from "../api/models";
import { useProblemMessage } from "../archive/useProblemMessage";
import { useText } from "../i18n/LocaleProvider";

/** Moves the recording to the trash, after a question. */
export function TrashButton({ recording }: { recording: Recording }) {
  const { t } = useText();
  const { modal, message } = App.useApp();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const { id, title } = recording;
  const trash = useMutation({
    mutationFn: () =>
      unwrap(client.POST("/api/v1/recordings/{recording_id}/trash", { params: { path: { recording_id: id } } })),
    onSuccess: () => {
      void message.success(t("trash.moved", { title }));
      navigate("/recordings");
    },
    onError: useProblemMessage(),
    onSettled: () =>
      Promise.all(["recordings", "archive"].map((key) => queryClient.invalidateQueries({ queryKey: [key] }))),
  });
  const ask = () =>
    modal.confirm({
      title: t("trash.moveTitle", { title }),
      content: t("trash.moveHint"),
      okText: t("trash.move"),
      okButtonProps: { danger: true },
      cancelText: t("archive.cancel"),
      onOk: () => trash.mutateAsync().catch(() => undefined),
    });
  return (
    <Tooltip title={t("trash.move")}>
      <Button type="text" icon={<DeleteOutlined />} aria-label={t("trash.move")} onClick={ask} />
    </Tooltip>
  );
}
