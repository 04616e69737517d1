package dev.sandboxer.jars;

import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds calls in a class that would end this process. It guards against mistakes only: a malicious class can hide such a call
 * behind reflection.
 */
final class ForbiddenCalls {
    private static final Map<String, Set<String>> ENDS_THE_PROCESS =
            Map.of("java/lang/System", Set.of("exit"), "java/lang/Runtime", Set.of("exit", "halt"));

    private ForbiddenCalls() {}

    /** Returns the first such call, for example {@code System.exit}. */
    static Optional<String> find(byte[] classFile) {
        var text = new String(classFile, StandardCharsets.ISO_8859_1);
        if (!text.contains("exit") && !text.contains("halt")) { // true for nearly all classes, and faster than parsing
            return Optional.empty();
        }
        for (PoolEntry entry : ClassFile.of().parse(classFile).constantPool()) {
            if (entry instanceof MemberRefEntry member) {
                var owner = member.owner().asInternalName();
                var name = member.name().stringValue();
                if (ENDS_THE_PROCESS.getOrDefault(owner, Set.of()).contains(name)) {
                    return Optional.of(owner.substring(owner.lastIndexOf('/') + 1) + "." + name);
                }
            }
        }
        return Optional.empty();
    }
}
