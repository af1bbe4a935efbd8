import { VERSION } from '../../version.ts';
import { v1Methods } from '../../wire/index.ts';
import { describeApi, openApiMethod } from '../../wire/v1/openapi.ts';
import { answer } from '../mount.ts';

const description = describeApi(v1Methods, VERSION);

export const openApiHandler = answer(openApiMethod, () => Promise.resolve(description));
