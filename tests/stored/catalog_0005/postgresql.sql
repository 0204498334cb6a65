SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE FUNCTION public.audit_log_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.alert_groups (
    project text NOT NULL COLLATE pg_catalog."C",
    group_key text NOT NULL COLLATE pg_catalog."C",
    target text NOT NULL COLLATE pg_catalog."C",
    firing text NOT NULL,
    resolved text NOT NULL,
    number integer DEFAULT 0 NOT NULL,
    notified_ms bigint DEFAULT 0 NOT NULL,
    started_ms bigint DEFAULT 0 NOT NULL,
    steps integer DEFAULT 0 NOT NULL,
    thread text DEFAULT ''::text NOT NULL
);
CREATE TABLE public.alerts (
    project text NOT NULL COLLATE pg_catalog."C",
    fingerprint text NOT NULL COLLATE pg_catalog."C",
    labels text DEFAULT ''::text NOT NULL,
    annotations text DEFAULT ''::text NOT NULL,
    state text DEFAULT ''::text NOT NULL,
    active_ms bigint DEFAULT 0 NOT NULL,
    changed_ms bigint DEFAULT 0 NOT NULL,
    ends_ms bigint DEFAULT 0 NOT NULL,
    value text DEFAULT ''::text NOT NULL,
    rule text DEFAULT ''::text NOT NULL,
    generator_url text DEFAULT ''::text NOT NULL,
    updated_ms bigint DEFAULT 0 NOT NULL,
    seq bigint DEFAULT 0 NOT NULL,
    acked_by text DEFAULT ''::text NOT NULL,
    ack_note text DEFAULT ''::text NOT NULL,
    acked_ms bigint DEFAULT 0 NOT NULL,
    ack_until_ms bigint DEFAULT 0 NOT NULL,
    ack_active_ms bigint DEFAULT 0 NOT NULL
);
CREATE TABLE public.annotations (
    project text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    time_ms bigint DEFAULT 0 NOT NULL,
    end_ms bigint DEFAULT 0 NOT NULL,
    title text DEFAULT ''::text NOT NULL,
    text text DEFAULT ''::text NOT NULL,
    tags text NOT NULL,
    dashboard text DEFAULT ''::text NOT NULL,
    widget text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_ms bigint DEFAULT 0 NOT NULL,
    created_by text DEFAULT ''::text NOT NULL,
    updated_ms bigint DEFAULT 0 NOT NULL,
    updated_by text DEFAULT ''::text NOT NULL
);
CREATE TABLE public.api_keys (
    id text NOT NULL COLLATE pg_catalog."C",
    name text DEFAULT ''::text NOT NULL,
    prefix text DEFAULT ''::text NOT NULL,
    secret_hash text NOT NULL COLLATE pg_catalog."C",
    project text NOT NULL COLLATE pg_catalog."C",
    scopes text NOT NULL,
    owner_id text DEFAULT ''::text NOT NULL,
    created_ms bigint DEFAULT 0 NOT NULL,
    expires_ms bigint DEFAULT 0 NOT NULL,
    last_used_ms bigint DEFAULT 0 NOT NULL,
    revoked_ms bigint DEFAULT 0 NOT NULL
);
CREATE TABLE public.audit_log (
    seq bigint NOT NULL,
    time_ms bigint DEFAULT 0 NOT NULL,
    actor_kind text DEFAULT ''::text NOT NULL,
    actor_id text DEFAULT ''::text NOT NULL,
    actor text DEFAULT ''::text NOT NULL,
    action text DEFAULT ''::text NOT NULL,
    object_kind text DEFAULT ''::text NOT NULL,
    object_id text DEFAULT ''::text NOT NULL,
    project text DEFAULT ''::text NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    result text DEFAULT ''::text NOT NULL,
    detail text NOT NULL,
    request_id text DEFAULT ''::text NOT NULL,
    previous_hash text DEFAULT ''::text NOT NULL,
    hash text DEFAULT ''::text NOT NULL
);
CREATE TABLE public.bell (
    id text NOT NULL COLLATE pg_catalog."C",
    project text NOT NULL COLLATE pg_catalog."C",
    time_ms bigint DEFAULT 0 NOT NULL,
    status text DEFAULT ''::text NOT NULL,
    severity text DEFAULT ''::text NOT NULL,
    title text DEFAULT ''::text NOT NULL,
    text text DEFAULT ''::text NOT NULL,
    group_key text DEFAULT ''::text NOT NULL,
    labels text NOT NULL
);
CREATE TABLE public.bell_reads (
    project text NOT NULL COLLATE pg_catalog."C",
    reader text NOT NULL COLLATE pg_catalog."C",
    read_ms bigint DEFAULT 0 NOT NULL
);
CREATE TABLE public.document_tags (
    project text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    document_id text NOT NULL COLLATE pg_catalog."C",
    tag text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.document_versions (
    project text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    document_id text NOT NULL COLLATE pg_catalog."C",
    version integer DEFAULT 1 NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    spec text NOT NULL,
    saved_ms bigint DEFAULT 0 NOT NULL,
    saved_by text DEFAULT ''::text NOT NULL,
    message text DEFAULT ''::text NOT NULL
);
CREATE TABLE public.documents (
    project text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    folded_name text NOT NULL COLLATE pg_catalog."C",
    version integer DEFAULT 1 NOT NULL,
    spec text NOT NULL,
    created_ms bigint DEFAULT 0 NOT NULL,
    created_by text DEFAULT ''::text NOT NULL,
    updated_ms bigint DEFAULT 0 NOT NULL,
    updated_by text DEFAULT ''::text NOT NULL,
    deleted_ms bigint DEFAULT 0 NOT NULL,
    folder text DEFAULT ''::text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    search text DEFAULT ''::text NOT NULL
);
CREATE TABLE public.epochs (
    family text NOT NULL COLLATE pg_catalog."C",
    epoch bigint NOT NULL
);
CREATE TABLE public.leases (
    name text NOT NULL COLLATE pg_catalog."C",
    holder text DEFAULT ''::text NOT NULL,
    expires_ms bigint DEFAULT 0 NOT NULL
);
CREATE TABLE public.memberships (
    user_id text NOT NULL COLLATE pg_catalog."C",
    project text NOT NULL COLLATE pg_catalog."C",
    role text DEFAULT ''::text NOT NULL
);
CREATE TABLE public.outbox (
    id text NOT NULL COLLATE pg_catalog."C",
    seq bigint DEFAULT 0 NOT NULL,
    project text NOT NULL COLLATE pg_catalog."C",
    target text DEFAULT ''::text NOT NULL,
    contact_point text DEFAULT ''::text NOT NULL,
    integration integer DEFAULT 0 NOT NULL,
    type text DEFAULT ''::text NOT NULL,
    group_key text DEFAULT ''::text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    status text NOT NULL COLLATE pg_catalog."C",
    digest text DEFAULT ''::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    created_ms bigint DEFAULT 0 NOT NULL,
    next_ms bigint DEFAULT 0 NOT NULL,
    done_ms bigint DEFAULT 0 NOT NULL,
    error text DEFAULT ''::text NOT NULL,
    payload text DEFAULT ''::text NOT NULL
);
CREATE TABLE public.preferences (
    user_id text NOT NULL COLLATE pg_catalog."C",
    project text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL COLLATE pg_catalog."C",
    changed_ms bigint DEFAULT 0 NOT NULL
);
CREATE TABLE public.projects (
    name text NOT NULL COLLATE pg_catalog."C",
    title text DEFAULT ''::text NOT NULL,
    limits text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_ms bigint DEFAULT 0 NOT NULL,
    deleted_ms bigint DEFAULT 0 NOT NULL
);
CREATE TABLE public.roles (
    name text NOT NULL COLLATE pg_catalog."C",
    description text DEFAULT ''::text NOT NULL,
    permissions text NOT NULL,
    selector text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL
);
CREATE TABLE public.sessions (
    id text NOT NULL COLLATE pg_catalog."C",
    token_hash text NOT NULL COLLATE pg_catalog."C",
    csrf_token text DEFAULT ''::text NOT NULL,
    user_id text NOT NULL COLLATE pg_catalog."C",
    method text DEFAULT ''::text NOT NULL,
    created_ms bigint DEFAULT 0 NOT NULL,
    last_seen_ms bigint DEFAULT 0 NOT NULL,
    expires_ms bigint DEFAULT 0 NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    user_agent text DEFAULT ''::text NOT NULL
);
CREATE TABLE public.shares (
    id text NOT NULL COLLATE pg_catalog."C",
    project text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    token_hash text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    title text DEFAULT ''::text NOT NULL,
    dashboard text DEFAULT ''::text NOT NULL,
    is_live boolean DEFAULT false NOT NULL,
    owner_kind text DEFAULT ''::text NOT NULL,
    owner_id text DEFAULT ''::text NOT NULL,
    narrowing text NOT NULL,
    size_bytes bigint DEFAULT 0 NOT NULL,
    created_ms bigint DEFAULT 0 NOT NULL,
    created_by text DEFAULT ''::text NOT NULL,
    expires_ms bigint DEFAULT 0 NOT NULL,
    last_seen_ms bigint DEFAULT 0 NOT NULL,
    views bigint DEFAULT 0 NOT NULL,
    content bytea NOT NULL
);
CREATE TABLE public.users (
    id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    email text DEFAULT ''::text NOT NULL,
    display_name text DEFAULT ''::text NOT NULL,
    password_hash text DEFAULT ''::text NOT NULL,
    password_changed_ms bigint DEFAULT 0 NOT NULL,
    is_instance_admin boolean DEFAULT false NOT NULL,
    totp_secret text DEFAULT ''::text NOT NULL,
    totp_last_step bigint DEFAULT 0 NOT NULL,
    recovery_hashes text NOT NULL,
    oidc_issuer text DEFAULT ''::text NOT NULL,
    oidc_subject text DEFAULT ''::text NOT NULL,
    created_ms bigint DEFAULT 0 NOT NULL,
    last_login_ms bigint DEFAULT 0 NOT NULL,
    disabled_ms bigint DEFAULT 0 NOT NULL
);
INSERT INTO public.alembic_version VALUES ('0005');
INSERT INTO public.alert_groups VALUES ('web', 'g1', 'ops/0/webhook', '["f1"]', '[]', 1, 1700000000000, 1, 0, '');
INSERT INTO public.alerts VALUES ('web', 'f1', '{"alertname":"Down"}', '{}', 'firing', 1700000000000, 1700000000000, 0, '1.5', 'r1', '', 1700000000000, 1, '', '', 0, 0, 0);
INSERT INTO public.annotations VALUES ('web', 'a1', 1700000000000, 1700000000005, 'Deployed', '', '["é"]', 'd1', '', 1, 0, '', 0, '');
INSERT INTO public.api_keys VALUES ('k1', 'push', 'vdt_', 'h', 'web', '["ingest"]', '', 1700000000000, 0, 0, 0);
INSERT INTO public.audit_log VALUES (1, 1700000000000, 'user', 'u1', 'zoë', 'login', '', '', '', '', 'ok', '{"method":"password"}', '', '', '0a8260bff912b9df57328cca6263b1921e5f4cba17583341e768d5558e5013dd');
INSERT INTO public.audit_log VALUES (2, 1700000000000, 'user', 'u1', 'zoë', 'login', '', '', '', '', 'ok', '{"method":"password"}', '', '0a8260bff912b9df57328cca6263b1921e5f4cba17583341e768d5558e5013dd', '9bc25cdd1968c7fc600a8ecc0e0c77fb96de3e6e3fb024cf4de20e10d5f98bbb');
INSERT INTO public.bell VALUES ('n2', 'web', 1700000000000, 'firing', 'high', 'Down', 'é', 'g1', '{"a":"b"}');
INSERT INTO public.bell_reads VALUES ('web', 'u1', 1700000000000);
INSERT INTO public.document_tags VALUES ('web', 'dashboard', 'd1', 'b');
INSERT INTO public.document_versions VALUES ('web', 'dashboard', 'd1', 1, 'Überblick', '{"tags":["a"],"n":1}', 1700000000000, 'zoë', '');
INSERT INTO public.document_versions VALUES ('web', 'dashboard', 'd1', 2, 'Überblick', '{"tags":["b"],"text":"é"}', 1700000000000, 'zoë', '');
INSERT INTO public.document_versions VALUES ('web', 'rule', 'r1', 1, 'gone', '{}', 1700000000000, 'zoë', '');
INSERT INTO public.documents VALUES ('web', 'dashboard', 'd1', 'Überblick', 'überblick', 2, '{"tags":["b"],"text":"é"}', 1700000000000, 'zoë', 1700000000000, 'zoë', 0, '', '', 'überblick
b
');
INSERT INTO public.documents VALUES ('web', 'rule', 'r1', 'gone', 'gone', 1, '{}', 1700000000000, 'zoë', 1700000000000, 'zoë', 1700000000000, '', '', 'gone
');
INSERT INTO public.epochs VALUES ('identity', 7);
INSERT INTO public.epochs VALUES ('audit', 2);
INSERT INTO public.epochs VALUES ('shares', 1);
INSERT INTO public.epochs VALUES ('alerts', 1);
INSERT INTO public.epochs VALUES ('documents/dashboard', 2);
INSERT INTO public.epochs VALUES ('documents/rule', 2);
INSERT INTO public.leases VALUES ('rules', 'a', 1700000001000);
INSERT INTO public.memberships VALUES ('u1', 'web', 'few');
INSERT INTO public.outbox VALUES ('n1', 1, 'web', 'ops/0/webhook', 'ops', 0, 'webhook', 'g1', 'firing', 'dead', '', 0, 1700000000000, 1700000000000, 0, 'é', '{}');
INSERT INTO public.preferences VALUES ('u1', 'web', 'star', 'd1', 1700000000000);
INSERT INTO public.projects VALUES ('default', '', '{}', 1, 1795333851053, 0);
INSERT INTO public.projects VALUES ('web', 'Web', '{"max_active_series":5,"max_active_series_per_metric":null,"max_new_series_per_hour":null,"max_samples_per_s":null,"max_query_samples":null,"max_query_series":null,"query_timeout_s":null,"max_concurrent_queries":null,"max_bytes":null}', 1, 1700000000000, 0);
INSERT INTO public.roles VALUES ('few', '', '["metrics:read"]', '{team="a"}', 1);
INSERT INTO public.sessions VALUES ('s1', 'h', 'c', 'u1', 'password', 1700000000000, 1700000000000, 1700000000001, '', '');
INSERT INTO public.shares VALUES ('l1', 'web', 'link', 't', 'Überblick', 'd1', true, 'user', 'u1', '["[\"team\",\"=\",\"a\"]"]', 3, 1700000000000, 'zoë', 1700000000005, 0, 0, '\x1f00ff');
INSERT INTO public.users VALUES ('u1', 'zoë', 'z@example.org', '', '$argon2id$', 0, true, '', 0, '["a","b"]', '', '', 1700000000000, 0, 0);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.alert_groups
    ADD CONSTRAINT alert_groups_pkey PRIMARY KEY (project, group_key, target);
ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_pkey PRIMARY KEY (project, fingerprint);
ALTER TABLE ONLY public.annotations
    ADD CONSTRAINT annotations_pkey PRIMARY KEY (project, id);
ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_secret_hash_key UNIQUE (secret_hash);
ALTER TABLE ONLY public.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (seq);
ALTER TABLE ONLY public.bell
    ADD CONSTRAINT bell_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.bell_reads
    ADD CONSTRAINT bell_reads_pkey PRIMARY KEY (project, reader);
ALTER TABLE ONLY public.document_tags
    ADD CONSTRAINT document_tags_pkey PRIMARY KEY (project, kind, tag, document_id);
ALTER TABLE ONLY public.document_versions
    ADD CONSTRAINT document_versions_pkey PRIMARY KEY (project, kind, document_id, version);
ALTER TABLE ONLY public.documents
    ADD CONSTRAINT documents_pkey PRIMARY KEY (project, kind, id);
ALTER TABLE ONLY public.epochs
    ADD CONSTRAINT epochs_pkey PRIMARY KEY (family);
ALTER TABLE ONLY public.leases
    ADD CONSTRAINT leases_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_pkey PRIMARY KEY (user_id, project);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.preferences
    ADD CONSTRAINT preferences_pkey PRIMARY KEY (user_id, project, kind, value);
ALTER TABLE ONLY public.projects
    ADD CONSTRAINT projects_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.roles
    ADD CONSTRAINT roles_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_token_hash_key UNIQUE (token_hash);
ALTER TABLE ONLY public.shares
    ADD CONSTRAINT shares_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_name_key UNIQUE (name);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);
CREATE INDEX alerts_by_seq ON public.alerts USING btree (seq);
CREATE INDEX annotations_by_time ON public.annotations USING btree (project, time_ms, id);
CREATE INDEX api_keys_by_project ON public.api_keys USING btree (project);
CREATE INDEX audit_log_by_action ON public.audit_log USING btree (action, seq);
CREATE INDEX audit_log_by_actor ON public.audit_log USING btree (actor, seq);
CREATE INDEX audit_log_by_project ON public.audit_log USING btree (project, seq);
CREATE INDEX audit_log_by_time ON public.audit_log USING btree (time_ms, seq);
CREATE INDEX bell_by_time ON public.bell USING btree (project, time_ms, id);
CREATE INDEX document_tags_by_document ON public.document_tags USING btree (project, kind, document_id);
CREATE INDEX documents_by_deletion ON public.documents USING btree (project, deleted_ms);
CREATE UNIQUE INDEX documents_by_name ON public.documents USING btree (project, kind, name) WHERE (deleted_ms = 0);
CREATE INDEX documents_in_order ON public.documents USING btree (project, kind, folded_name, id);
CREATE INDEX memberships_by_project ON public.memberships USING btree (project);
CREATE INDEX outbox_by_project ON public.outbox USING btree (project, seq);
CREATE INDEX outbox_by_status ON public.outbox USING btree (status, seq);
CREATE INDEX sessions_by_user ON public.sessions USING btree (user_id);
CREATE INDEX shares_by_project ON public.shares USING btree (project, kind, created_ms);
CREATE UNIQUE INDEX shares_by_token ON public.shares USING btree (token_hash) WHERE (token_hash <> ''::text);
CREATE UNIQUE INDEX users_by_oidc ON public.users USING btree (oidc_issuer, oidc_subject) WHERE (oidc_subject <> ''::text);
CREATE TRIGGER audit_log_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_log FOR EACH STATEMENT EXECUTE FUNCTION public.audit_log_refuse();
ALTER TABLE ONLY public.annotations
    ADD CONSTRAINT annotations_project_fkey FOREIGN KEY (project) REFERENCES public.projects(name);
ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_project_fkey FOREIGN KEY (project) REFERENCES public.projects(name);
ALTER TABLE ONLY public.document_tags
    ADD CONSTRAINT document_tags_project_kind_document_id_fkey FOREIGN KEY (project, kind, document_id) REFERENCES public.documents(project, kind, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.document_versions
    ADD CONSTRAINT document_versions_project_kind_document_id_fkey FOREIGN KEY (project, kind, document_id) REFERENCES public.documents(project, kind, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.documents
    ADD CONSTRAINT documents_project_fkey FOREIGN KEY (project) REFERENCES public.projects(name);
ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_project_fkey FOREIGN KEY (project) REFERENCES public.projects(name);
ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.preferences
    ADD CONSTRAINT preferences_project_fkey FOREIGN KEY (project) REFERENCES public.projects(name);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.shares
    ADD CONSTRAINT shares_project_fkey FOREIGN KEY (project) REFERENCES public.projects(name);
