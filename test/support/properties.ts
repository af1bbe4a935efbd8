import fc from 'fast-check';

/* Properties are tried on the same values each time, so that a run says something of the change and nothing of luck. PROPERTY_SEED asks for others. */
fc.configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 1) });
