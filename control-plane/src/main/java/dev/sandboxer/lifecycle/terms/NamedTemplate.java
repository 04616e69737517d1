package dev.sandboxer.lifecycle.terms;

/**
 * The template that a sandbox was created from, as clients know it. Stays as it was when the template is rebuilt or deleted.
 *
 * @param id id of a built template, or a profile's name
 * @param name name for people
 */
public record NamedTemplate(String id, String name) {}
