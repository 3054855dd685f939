-- Run once by the image when the database is first made. The API and the workers log in as a role that owns nothing and can become no
-- more than the two roles the migrations grant rights to; only the migrations log in as the owner.
\getenv password SERVICE_PASSWORD

CREATE ROLE sb_app NOLOGIN NOSUPERUSER NOBYPASSRLS;
CREATE ROLE sb_system NOLOGIN NOSUPERUSER NOBYPASSRLS;
CREATE ROLE sb_service LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE
  PASSWORD :'password' IN ROLE sb_app, sb_system;
