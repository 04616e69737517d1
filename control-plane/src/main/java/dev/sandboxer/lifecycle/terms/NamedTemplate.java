package dev.sandboxer.lifecycle.terms;

/**
 * The template that a sandbox was created from, as clients know it. Doesn't change when the template is rebuilt or deleted.
 *
 * @param id id of a built template, or a profile's name
 * @param name display name
 */
public record NamedTemplate(String id, String name) {}
