package dev.callbridge.assistants;

/// An assistant of the database.
///
/// @param version another one after each change, of whatever assistant
record StoredAssistant(String name, long version, Assistant assistant) {}
