package dev.sandboxer.extension;

import java.time.Instant;

/**
 * The kept disk of a sandbox.
 *
 * @param name as given when it was made
 * @param template what {@link CreateRequest#template} says to start from it; its disk then has the size it had, whatever
 *     the request's size says
 * @param diskMiB size of that disk
 * @param createdAt when it was made
 */
public record BackendSnapshot(String name, String template, int diskMiB, Instant createdAt) {}
