package dev.callbridge.own;

/// A tool as a language model is told of it.
///
/// @param parameters JSON Schema, an object
public record ToolDescription(String name, String description, String parameters) {}
