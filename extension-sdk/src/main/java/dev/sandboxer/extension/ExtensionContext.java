package dev.sandboxer.extension;

import java.nio.file.Path;
import java.time.InstantSource;

/**
 * What an extension gets from the process that runs it.
 *
 * @param installation id of this installation, part of every {@link SandboxTag}
 * @param directory a directory of this extension's own, readable by nobody else. The extension creates it when it needs it;
 *     several processes may use it at once.
 * @param clock the wall clock
 */
public record ExtensionContext(String installation, Path directory, InstantSource clock) {}
