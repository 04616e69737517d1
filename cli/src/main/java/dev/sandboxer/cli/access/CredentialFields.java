package dev.sandboxer.cli.access;

import dev.sandboxer.cli.command.IoErrorText;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.CredentialField;
import dev.sandboxer.extension.Extension;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads the fields of a credential: lines {@code name=value}, a JSON object of strings, or just the value when only one field is
 * required. They are never read from the command line, which every user of the host can see.
 */
record CredentialFields(Extension extension) {
    private static final int MAX_BYTES = 64 << 10;

    /**
     * Reads the fields from a file, from standard input, or, on a terminal, by asking for them.
     *
     * @throws SandboxException {@code CREDENTIAL_INVALID}, {@code FILE_REFUSED}
     */
    Map<String, String> read(@Nullable Path file, InputStream standard) {
        if (file == null && System.console() != null && System.console().isTerminal()) {
            return ask(System.console());
        }
        try (var in = file == null ? standard : Files.newInputStream(file)) {
            return parse(in.readNBytes(MAX_BYTES + 1));
        } catch (NoSuchFileException e) {
            // the name is not repeated: it may be the key itself
            throw new SandboxException(
                    ErrorCode.FILE_REFUSED,
                    "the file of --from does not exist; to give the key itself, use standard input",
                    e);
        } catch (IOException e) {
            throw new SandboxException(
                    ErrorCode.FILE_REFUSED,
                    "can't read " + (file == null ? "standard input: " : "") + IoErrorText.text(e),
                    e);
        }
    }

    private Map<String, String> ask(java.io.Console terminal) {
        var fields = new LinkedHashMap<String, String>();
        for (CredentialField field : extension.credentialFields()) {
            var prompt = field.name() + " (" + field.description() + (field.required() ? "" : "; empty = none") + "): ";
            var given = field.secret()
                    ? new String(terminal.readPassword("%s", prompt))
                    : String.valueOf(terminal.readLine("%s", prompt));
            if (!given.isEmpty()) {
                fields.put(field.name(), given);
            }
        }
        return fields;
    }

    Map<String, String> parse(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw malformed("is longer than " + MAX_BYTES + " bytes");
        }
        try {
            var text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.stripLeading().startsWith("{") ? json(text) : lines(text);
        } catch (CharacterCodingException e) {
            throw malformed("is not UTF-8");
        }
    }

    private Map<String, String> lines(String text) {
        var lines = text.lines().toList();
        var required = required();
        if (lines.size() == 1 && required.size() == 1 && !isPair(lines.getFirst())) {
            return Map.of(required.getFirst(), lines.getFirst());
        }
        var fields = new LinkedHashMap<String, String>();
        for (int i = 0; i < lines.size(); i++) {
            var line = lines.get(i);
            var equals = line.indexOf('=');
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (equals < 1) {
                throw malformed("line " + (i + 1) + " is not NAME=VALUE");
            }
            put(fields, line.substring(0, equals), line.substring(equals + 1));
        }
        return fields;
    }

    private boolean isPair(String line) {
        return extension.credentialFields().stream().anyMatch(field -> line.startsWith(field.name() + "="));
    }

    private List<String> required() {
        return extension.credentialFields().stream()
                .filter(CredentialField::required)
                .map(CredentialField::name)
                .toList();
    }

    private Map<String, String> json(String text) {
        var fields = new LinkedHashMap<String, String>();
        try (var in = new JsonFactory().createParser(ObjectReadContext.empty(), text)) {
            in.nextToken();
            while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = in.currentName();
                if (in.nextToken() != JsonToken.VALUE_STRING) {
                    throw malformed("is not a JSON object of strings");
                }
                put(fields, name, in.getString());
            }
            if (in.currentToken() != JsonToken.END_OBJECT || in.nextToken() != null) {
                throw malformed("is not a JSON object of strings");
            }
            return fields;
        } catch (JacksonException e) {
            throw malformed("is not JSON"); // the cause is left out: it quotes part of the input
        }
    }

    private void put(Map<String, String> fields, String name, String value) {
        if (fields.putIfAbsent(name, value) != null) {
            throw malformed("has a field twice");
        }
    }

    private SandboxException malformed(String why) {
        var names =
                extension.credentialFields().stream().map(CredentialField::name).toList();
        return new SandboxException(
                ErrorCode.CREDENTIAL_INVALID,
                "the input " + why + "; give lines NAME=VALUE with the fields " + String.join(", ", names));
    }
}
