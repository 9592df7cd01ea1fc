//! Tests of the portal's own tables and of its clock file. They are part of its program, so that they see its parts.

mod added_tenants;
mod clock;
mod on_servers;
