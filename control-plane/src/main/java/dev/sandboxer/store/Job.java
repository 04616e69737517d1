package dev.sandboxer.store;

import java.time.Duration;

/**
 * Work that is repeated. A failed run is logged and does not stop the next one.
 *
 * @param name the same on all hosts, and never changed
 * @param pause from the end of one run to the start of the next
 */
public record Job(String name, Duration pause, Runnable work) {}
