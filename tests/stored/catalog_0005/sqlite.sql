BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0005');
CREATE TABLE alert_groups (
	project TEXT NOT NULL, 
	group_key TEXT NOT NULL, 
	target TEXT NOT NULL, 
	firing TEXT NOT NULL, 
	resolved TEXT NOT NULL, 
	number INTEGER DEFAULT 0 NOT NULL, 
	notified_ms BIGINT DEFAULT 0 NOT NULL, 
	started_ms BIGINT DEFAULT 0 NOT NULL, 
	steps INTEGER DEFAULT 0 NOT NULL, 
	thread TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (project, group_key, target)
);
INSERT INTO "alert_groups" VALUES('web','g1','ops/0/webhook','["f1"]','[]',1,1700000000000,1,0,'');
CREATE TABLE alerts (
	project TEXT NOT NULL, 
	fingerprint TEXT NOT NULL, 
	labels TEXT DEFAULT '' NOT NULL, 
	annotations TEXT DEFAULT '' NOT NULL, 
	state TEXT DEFAULT '' NOT NULL, 
	active_ms BIGINT DEFAULT 0 NOT NULL, 
	changed_ms BIGINT DEFAULT 0 NOT NULL, 
	ends_ms BIGINT DEFAULT 0 NOT NULL, 
	value TEXT DEFAULT '' NOT NULL, 
	rule TEXT DEFAULT '' NOT NULL, 
	generator_url TEXT DEFAULT '' NOT NULL, 
	updated_ms BIGINT DEFAULT 0 NOT NULL, 
	seq BIGINT DEFAULT 0 NOT NULL, 
	acked_by TEXT DEFAULT '' NOT NULL, 
	ack_note TEXT DEFAULT '' NOT NULL, 
	acked_ms BIGINT DEFAULT 0 NOT NULL, 
	ack_until_ms BIGINT DEFAULT 0 NOT NULL, 
	ack_active_ms BIGINT DEFAULT 0 NOT NULL, 
	PRIMARY KEY (project, fingerprint)
);
INSERT INTO "alerts" VALUES('web','f1','{"alertname":"Down"}','{}','firing',1700000000000,1700000000000,0,'1.5','r1','',1700000000000,1,'','',0,0,0);
CREATE TABLE annotations (
	project TEXT NOT NULL, 
	id TEXT NOT NULL, 
	time_ms BIGINT DEFAULT 0 NOT NULL, 
	end_ms BIGINT DEFAULT 0 NOT NULL, 
	title TEXT DEFAULT '' NOT NULL, 
	text TEXT DEFAULT '' NOT NULL, 
	tags TEXT NOT NULL, 
	dashboard TEXT DEFAULT '' NOT NULL, 
	widget TEXT DEFAULT '' NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	created_ms BIGINT DEFAULT 0 NOT NULL, 
	created_by TEXT DEFAULT '' NOT NULL, 
	updated_ms BIGINT DEFAULT 0 NOT NULL, 
	updated_by TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (project, id), 
	FOREIGN KEY(project) REFERENCES projects (name)
);
INSERT INTO "annotations" VALUES('web','a1',1700000000000,1700000000005,'Deployed','','["é"]','d1','',1,0,'',0,'');
CREATE TABLE api_keys (
	id TEXT NOT NULL, 
	name TEXT DEFAULT '' NOT NULL, 
	prefix TEXT DEFAULT '' NOT NULL, 
	secret_hash TEXT NOT NULL, 
	project TEXT NOT NULL, 
	scopes TEXT NOT NULL, 
	owner_id TEXT DEFAULT '' NOT NULL, 
	created_ms BIGINT DEFAULT 0 NOT NULL, 
	expires_ms BIGINT DEFAULT 0 NOT NULL, 
	last_used_ms BIGINT DEFAULT 0 NOT NULL, 
	revoked_ms BIGINT DEFAULT 0 NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (secret_hash), 
	FOREIGN KEY(project) REFERENCES projects (name)
);
INSERT INTO "api_keys" VALUES('k1','push','vdt_','h','web','["ingest"]','',1700000000000,0,0,0);
CREATE TABLE audit_log (
	seq BIGINT NOT NULL, 
	time_ms BIGINT DEFAULT 0 NOT NULL, 
	actor_kind TEXT DEFAULT '' NOT NULL, 
	actor_id TEXT DEFAULT '' NOT NULL, 
	actor TEXT DEFAULT '' NOT NULL, 
	action TEXT DEFAULT '' NOT NULL, 
	object_kind TEXT DEFAULT '' NOT NULL, 
	object_id TEXT DEFAULT '' NOT NULL, 
	project TEXT DEFAULT '' NOT NULL, 
	address TEXT DEFAULT '' NOT NULL, 
	result TEXT DEFAULT '' NOT NULL, 
	detail TEXT NOT NULL, 
	request_id TEXT DEFAULT '' NOT NULL, 
	previous_hash TEXT DEFAULT '' NOT NULL, 
	hash TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (seq)
);
INSERT INTO "audit_log" VALUES(1,1700000000000,'user','u1','zoë','login','','','','','ok','{"method":"password"}','','','0a8260bff912b9df57328cca6263b1921e5f4cba17583341e768d5558e5013dd');
INSERT INTO "audit_log" VALUES(2,1700000000000,'user','u1','zoë','login','','','','','ok','{"method":"password"}','','0a8260bff912b9df57328cca6263b1921e5f4cba17583341e768d5558e5013dd','9bc25cdd1968c7fc600a8ecc0e0c77fb96de3e6e3fb024cf4de20e10d5f98bbb');
CREATE TABLE bell (
	id TEXT NOT NULL, 
	project TEXT NOT NULL, 
	time_ms BIGINT DEFAULT 0 NOT NULL, 
	status TEXT DEFAULT '' NOT NULL, 
	severity TEXT DEFAULT '' NOT NULL, 
	title TEXT DEFAULT '' NOT NULL, 
	text TEXT DEFAULT '' NOT NULL, 
	group_key TEXT DEFAULT '' NOT NULL, 
	labels TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "bell" VALUES('n2','web',1700000000000,'firing','high','Down','é','g1','{"a":"b"}');
CREATE TABLE bell_reads (
	project TEXT NOT NULL, 
	reader TEXT NOT NULL, 
	read_ms BIGINT DEFAULT 0 NOT NULL, 
	PRIMARY KEY (project, reader)
);
INSERT INTO "bell_reads" VALUES('web','u1',1700000000000);
CREATE TABLE document_tags (
	project TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	document_id TEXT NOT NULL, 
	tag TEXT NOT NULL, 
	PRIMARY KEY (project, kind, tag, document_id), 
	FOREIGN KEY(project, kind, document_id) REFERENCES documents (project, kind, id) ON DELETE CASCADE
);
INSERT INTO "document_tags" VALUES('web','dashboard','d1','b');
CREATE TABLE document_versions (
	project TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	document_id TEXT NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	name TEXT DEFAULT '' NOT NULL, 
	spec TEXT NOT NULL, 
	saved_ms BIGINT DEFAULT 0 NOT NULL, 
	saved_by TEXT DEFAULT '' NOT NULL, 
	message TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (project, kind, document_id, version), 
	FOREIGN KEY(project, kind, document_id) REFERENCES documents (project, kind, id) ON DELETE CASCADE
);
INSERT INTO "document_versions" VALUES('web','dashboard','d1',1,'Überblick','{"tags":["a"],"n":1}',1700000000000,'zoë','');
INSERT INTO "document_versions" VALUES('web','dashboard','d1',2,'Überblick','{"tags":["b"],"text":"é"}',1700000000000,'zoë','');
INSERT INTO "document_versions" VALUES('web','rule','r1',1,'gone','{}',1700000000000,'zoë','');
CREATE TABLE documents (
	project TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	folded_name TEXT NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	spec TEXT NOT NULL, 
	created_ms BIGINT DEFAULT 0 NOT NULL, 
	created_by TEXT DEFAULT '' NOT NULL, 
	updated_ms BIGINT DEFAULT 0 NOT NULL, 
	updated_by TEXT DEFAULT '' NOT NULL, 
	deleted_ms BIGINT DEFAULT 0 NOT NULL, folder TEXT DEFAULT '' NOT NULL, description TEXT DEFAULT '' NOT NULL, search TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (project, kind, id), 
	FOREIGN KEY(project) REFERENCES projects (name)
);
INSERT INTO "documents" VALUES('web','dashboard','d1','Überblick','überblick',2,'{"tags":["b"],"text":"é"}',1700000000000,'zoë',1700000000000,'zoë',0,'','','überblick
b
');
INSERT INTO "documents" VALUES('web','rule','r1','gone','gone',1,'{}',1700000000000,'zoë',1700000000000,'zoë',1700000000000,'','','gone
');
CREATE TABLE epochs (
	family TEXT NOT NULL, 
	epoch BIGINT NOT NULL, 
	PRIMARY KEY (family)
);
INSERT INTO "epochs" VALUES('identity',7);
INSERT INTO "epochs" VALUES('audit',2);
INSERT INTO "epochs" VALUES('shares',1);
INSERT INTO "epochs" VALUES('alerts',1);
INSERT INTO "epochs" VALUES('documents/dashboard',2);
INSERT INTO "epochs" VALUES('documents/rule',2);
CREATE TABLE leases (
	name TEXT NOT NULL, 
	holder TEXT DEFAULT '' NOT NULL, 
	expires_ms BIGINT DEFAULT 0 NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "leases" VALUES('rules','a',1700000001000);
CREATE TABLE memberships (
	user_id TEXT NOT NULL, 
	project TEXT NOT NULL, 
	role TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (user_id, project), 
	FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE, 
	FOREIGN KEY(project) REFERENCES projects (name)
);
INSERT INTO "memberships" VALUES('u1','web','few');
CREATE TABLE outbox (
	id TEXT NOT NULL, 
	seq BIGINT DEFAULT 0 NOT NULL, 
	project TEXT NOT NULL, 
	target TEXT DEFAULT '' NOT NULL, 
	contact_point TEXT DEFAULT '' NOT NULL, 
	integration INTEGER DEFAULT 0 NOT NULL, 
	type TEXT DEFAULT '' NOT NULL, 
	group_key TEXT DEFAULT '' NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	status TEXT NOT NULL, 
	digest TEXT DEFAULT '' NOT NULL, 
	attempts INTEGER DEFAULT 0 NOT NULL, 
	created_ms BIGINT DEFAULT 0 NOT NULL, 
	next_ms BIGINT DEFAULT 0 NOT NULL, 
	done_ms BIGINT DEFAULT 0 NOT NULL, 
	error TEXT DEFAULT '' NOT NULL, 
	payload TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "outbox" VALUES('n1',1,'web','ops/0/webhook','ops',0,'webhook','g1','firing','dead','',0,1700000000000,1700000000000,0,'é','{}');
CREATE TABLE preferences (
	user_id TEXT NOT NULL, 
	project TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	value TEXT NOT NULL, 
	changed_ms BIGINT DEFAULT 0 NOT NULL, 
	PRIMARY KEY (user_id, project, kind, value), 
	FOREIGN KEY(project) REFERENCES projects (name)
);
INSERT INTO "preferences" VALUES('u1','web','star','d1',1700000000000);
CREATE TABLE projects (
	name TEXT NOT NULL, 
	title TEXT DEFAULT '' NOT NULL, 
	limits TEXT NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	created_ms BIGINT DEFAULT 0 NOT NULL, 
	deleted_ms BIGINT DEFAULT 0 NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "projects" VALUES('default','','{}',1,1795333849000,0);
INSERT INTO "projects" VALUES('web','Web','{"max_active_series":5,"max_active_series_per_metric":null,"max_new_series_per_hour":null,"max_samples_per_s":null,"max_query_samples":null,"max_query_series":null,"query_timeout_s":null,"max_concurrent_queries":null,"max_bytes":null}',1,1700000000000,0);
CREATE TABLE roles (
	name TEXT NOT NULL, 
	description TEXT DEFAULT '' NOT NULL, 
	permissions TEXT NOT NULL, 
	selector TEXT DEFAULT '' NOT NULL, 
	version INTEGER DEFAULT 1 NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "roles" VALUES('few','','["metrics:read"]','{team="a"}',1);
CREATE TABLE sessions (
	id TEXT NOT NULL, 
	token_hash TEXT NOT NULL, 
	csrf_token TEXT DEFAULT '' NOT NULL, 
	user_id TEXT NOT NULL, 
	method TEXT DEFAULT '' NOT NULL, 
	created_ms BIGINT DEFAULT 0 NOT NULL, 
	last_seen_ms BIGINT DEFAULT 0 NOT NULL, 
	expires_ms BIGINT DEFAULT 0 NOT NULL, 
	address TEXT DEFAULT '' NOT NULL, 
	user_agent TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (token_hash), 
	FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
INSERT INTO "sessions" VALUES('s1','h','c','u1','password',1700000000000,1700000000000,1700000000001,'','');
CREATE TABLE shares (
	id TEXT NOT NULL, 
	project TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	token_hash TEXT DEFAULT '' NOT NULL, 
	title TEXT DEFAULT '' NOT NULL, 
	dashboard TEXT DEFAULT '' NOT NULL, 
	is_live BOOLEAN DEFAULT false NOT NULL, 
	owner_kind TEXT DEFAULT '' NOT NULL, 
	owner_id TEXT DEFAULT '' NOT NULL, 
	narrowing TEXT NOT NULL, 
	size_bytes BIGINT DEFAULT 0 NOT NULL, 
	created_ms BIGINT DEFAULT 0 NOT NULL, 
	created_by TEXT DEFAULT '' NOT NULL, 
	expires_ms BIGINT DEFAULT 0 NOT NULL, 
	last_seen_ms BIGINT DEFAULT 0 NOT NULL, 
	views BIGINT DEFAULT 0 NOT NULL, 
	content BLOB NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(project) REFERENCES projects (name)
);
INSERT INTO "shares" VALUES('l1','web','link','t','Überblick','d1',1,'user','u1','["[\"team\",\"=\",\"a\"]"]',3,1700000000000,'zoë',1700000000005,0,0,X'1F00FF');
CREATE TABLE users (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	email TEXT DEFAULT '' NOT NULL, 
	display_name TEXT DEFAULT '' NOT NULL, 
	password_hash TEXT DEFAULT '' NOT NULL, 
	password_changed_ms BIGINT DEFAULT 0 NOT NULL, 
	is_instance_admin BOOLEAN DEFAULT false NOT NULL, 
	totp_secret TEXT DEFAULT '' NOT NULL, 
	totp_last_step BIGINT DEFAULT 0 NOT NULL, 
	recovery_hashes TEXT NOT NULL, 
	oidc_issuer TEXT DEFAULT '' NOT NULL, 
	oidc_subject TEXT DEFAULT '' NOT NULL, 
	created_ms BIGINT DEFAULT 0 NOT NULL, 
	last_login_ms BIGINT DEFAULT 0 NOT NULL, 
	disabled_ms BIGINT DEFAULT 0 NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
INSERT INTO "users" VALUES('u1','zoë','z@example.org','','$argon2id$',0,1,'',0,'["a","b"]','','',1700000000000,0,0);
CREATE UNIQUE INDEX users_by_oidc ON users (oidc_issuer, oidc_subject) WHERE oidc_subject <> '';
CREATE INDEX memberships_by_project ON memberships (project);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX api_keys_by_project ON api_keys (project);
CREATE INDEX audit_log_by_time ON audit_log (time_ms, seq);
CREATE INDEX audit_log_by_actor ON audit_log (actor, seq);
CREATE INDEX audit_log_by_action ON audit_log (action, seq);
CREATE INDEX audit_log_by_project ON audit_log (project, seq);
CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE UNIQUE INDEX documents_by_name ON documents (project, kind, name) WHERE deleted_ms = 0;
CREATE INDEX documents_by_deletion ON documents (project, deleted_ms);
CREATE INDEX documents_in_order ON documents (project, kind, folded_name, id);
CREATE INDEX document_tags_by_document ON document_tags (project, kind, document_id);
CREATE INDEX annotations_by_time ON annotations (project, time_ms, id);
CREATE INDEX shares_by_project ON shares (project, kind, created_ms);
CREATE UNIQUE INDEX shares_by_token ON shares (token_hash) WHERE token_hash <> '';
CREATE INDEX alerts_by_seq ON alerts (seq);
CREATE INDEX outbox_by_status ON outbox (status, seq);
CREATE INDEX outbox_by_project ON outbox (project, seq);
CREATE INDEX bell_by_time ON bell (project, time_ms, id);
COMMIT;
