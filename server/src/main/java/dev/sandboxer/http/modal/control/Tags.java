package dev.sandboxer.http.modal.control;

import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.http.modal.edge.ModalMetadata;
import dev.sandboxer.protocol.modal.ClientProto.SandboxTag;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads and writes the tags of sandboxes, which are stored as metadata. */
final class Tags {
    private static final int MAX_COUNT = 100;
    private static final int MAX_LENGTH = 4096;

    private Tags() {}

    static Map<String, String> read(List<SandboxTag> tags) {
        if (tags.size() > MAX_COUNT) {
            throw ModalErrors.invalid("too many tags: at most " + MAX_COUNT + " are allowed");
        }
        var all = new TreeMap<String, String>();
        for (SandboxTag tag : tags) {
            var name = tag.getTagName();
            if (name.isEmpty() || name.length() + tag.getTagValue().length() > MAX_LENGTH) {
                throw ModalErrors.invalid(
                        "a tag must have a name, and at most " + MAX_LENGTH + " characters in its name and value");
            }
            if (name.indexOf('\0') >= 0 || tag.getTagValue().indexOf('\0') >= 0) {
                throw ModalErrors.invalid("a tag must not contain NUL");
            }
            if (name.startsWith(ModalMetadata.RESERVED)) {
                throw ModalErrors.invalid("tags whose name begins with " + ModalMetadata.RESERVED + " are reserved: "
                        + ModalErrors.shown(name));
            }
            all.put(name, tag.getTagValue());
        }
        return all;
    }

    static List<SandboxTag> write(Map<String, String> tags) {
        return tags.entrySet().stream()
                .map(tag -> SandboxTag.newBuilder()
                        .setTagName(tag.getKey())
                        .setTagValue(tag.getValue())
                        .build())
                .toList();
    }
}
