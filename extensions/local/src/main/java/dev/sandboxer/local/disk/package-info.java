/**
 * What a sandbox writes to, and what it starts from: the template, copies of it, snapshots, and their removal.
 */
@NullMarked
package dev.sandboxer.local.disk;

import org.jspecify.annotations.NullMarked;
