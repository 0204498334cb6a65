import { Ellipsis } from "lucide-react";
import { useCallback, useState } from "react";
import type { User } from "../../../api/access";
import { USERS, userPath } from "../../../api/access";
import { getJson, sendJson } from "../../../api/http";
import { useRefresh } from "../../../queries/access";
import type { MenuEntry } from "../../../ui";
import { ConfirmDialog, IconButton, Menu, toast } from "../../../ui";

interface Props {
  user: User;
  self: boolean;
  onEdit: (user: User) => void;
  onLink: (link: { name: string; token: string }) => void;
}

type Asked = "delete" | "sessions" | "factor" | "disable";

const WORDS: Record<Asked, { title: string; confirm: string; text: string; done: string; danger?: boolean }> = {
  delete: {
    title: "Delete",
    confirm: "Delete user",
    text: "Their sessions and keys end at once, and their roles are gone. Dashboards and the audit log stay. This cannot be taken back.",
    done: "is deleted.",
    danger: true,
  },
  sessions: {
    title: "End all sessions of",
    confirm: "End sessions",
    text: "They have to sign in again in every browser. Keys go on working.",
    done: "is signed out everywhere.",
  },
  factor: {
    title: "Remove the second factor of",
    confirm: "Remove second factor",
    text: "For somebody who has lost the app and the recovery codes: the password alone then lets them in.",
    done: "signs in by password alone.",
  },
  disable: {
    title: "Disable",
    confirm: "Disable user",
    text: "They cannot sign in, and their sessions and keys end at once. It can be taken back.",
    done: "is disabled.",
  },
};

async function carryOut(asked: Asked, user: User): Promise<void> {
  const path = userPath(user.id);
  if (asked === "delete") await sendJson("DELETE", path);
  else if (asked === "sessions") await sendJson("DELETE", `${path}/sessions`);
  else if (asked === "factor") await sendJson("DELETE", `${path}/totp`);
  else await setDisabled(user, true);
}

async function setDisabled(user: User, disabled: boolean): Promise<void> {
  const path = userPath(user.id);
  await sendJson("PATCH", path, { disabled }, (await getJson(path)).etag);
}

/** What can be done to a user; what hurts is asked about first. */
export function UserActions({ user, self, onEdit, onLink }: Props) {
  const refresh = useRefresh();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [last, setLast] = useState<Asked>("delete");
  const ask = (what: Asked): void => {
    setLast(what);
    setAsked(what);
  };
  const tell = (work: Promise<unknown>): void => {
    work.then(
      () => refresh(USERS),
      (error: unknown) => toast({ text: error instanceof Error ? error.message : String(error), status: "crit" }),
    );
  };
  const link = async (): Promise<void> => {
    const { data } = await sendJson<{ link_token: string }>("POST", `${userPath(user.id)}/link`);
    onLink({ name: user.name, token: data.link_token });
  };
  const confirmed = useCallback(async () => {
    await carryOut(last, user);
    await refresh(USERS);
    toast(`${user.name} ${WORDS[last].done}`);
  }, [last, user, refresh]);
  const active = user.disabled_ms === 0;
  const entries: MenuEntry[] = [
    { label: "Edit", onSelect: () => onEdit(user) },
    { label: "One-time link for a password", disabled: !active, onSelect: () => tell(link()) },
    { label: "End all sessions", onSelect: () => ask("sessions") },
    { label: "Remove second factor", disabled: !user.has_second_factor, onSelect: () => ask("factor") },
    "line",
    active
      ? { label: "Disable", disabled: self, onSelect: () => ask("disable") }
      : { label: "Enable", onSelect: () => tell(setDisabled(user, false)) },
    { label: "Delete", danger: true, disabled: self, onSelect: () => ask("delete") },
  ];
  const words = WORDS[last];
  return (
    <>
      <Menu trigger={<IconButton icon={Ellipsis} label={`Actions for ${user.name}`} />} entries={entries} />
      <ConfirmDialog
        open={asked !== null}
        onOpenChange={() => setAsked(null)}
        title={`${words.title} ${user.name}?`}
        confirm={words.confirm}
        danger={words.danger === true}
        {...(last === "delete" ? { typed: user.name } : {})}
        onConfirm={confirmed}
      >
        {words.text}
      </ConfirmDialog>
    </>
  );
}
