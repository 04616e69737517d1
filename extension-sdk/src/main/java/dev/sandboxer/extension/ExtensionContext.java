package dev.sandboxer.extension;

import java.nio.file.Path;
import java.time.InstantSource;

/**
 * What an extension gets from its host process.
 *
 * @param installation id of this installation, part of every {@link SandboxTag}
 * @param directory a directory of this extension's own, created on demand, readable by nobody else
 * @param clock the wall clock
 */
public record ExtensionContext(String installation, Path directory, InstantSource clock) {}
