/** An extension of sandboxer by somebody else: sandboxes at a small HTTP service. */
@NullMarked
package com.example.httpbox;

import org.jspecify.annotations.NullMarked;
