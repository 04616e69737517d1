package dev.sandboxer.cli.sandboxes.create;

import dev.sandboxer.cli.command.IoErrorText;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads a file of variables as docker's {@code --env-file}: {@code KEY=VALUE} or {@code KEY} in each line, comments after {@code #}. */
final class EnvFile {
    private EnvFile() {}

    /**
     * Returns the lines with variables. A value is taken as it is, quotes included.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT} when it can't be read
     */
    static List<String> read(Path file) {
        try {
            return Files.readAllLines(file).stream()
                    .map(String::stripLeading)
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (CharacterCodingException e) {
            throw new SandboxException(ErrorCode.INVALID_ARGUMENT, file + " is not UTF-8", e);
        } catch (IOException e) {
            throw new SandboxException(ErrorCode.INVALID_ARGUMENT, IoErrorText.text(e), e);
        }
    }
}
