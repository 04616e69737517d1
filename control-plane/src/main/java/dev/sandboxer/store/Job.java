package dev.sandboxer.store;

import java.time.Duration;

/**
 * Work that is done again and again. A run that fails is logged, and the next one comes all the same.
 *
 * @param name the same on all hosts, and for ever
 * @param pause from the end of one run to the next
 */
public record Job(String name, Duration pause, Runnable work) {}
