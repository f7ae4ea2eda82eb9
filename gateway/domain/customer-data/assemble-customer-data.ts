/** Builds what erases, hands out and outlives people's data. */
import { CustomerExport } from './customer-export.ts'
import { ErasedMarks } from './erased-marks.ts'
import { Erasure, type ErasureOptions } from './erasure.ts'
import { Retention, type RetentionOptions } from './retention.ts'

export interface CustomerData {
  readonly erasure: Erasure
  readonly retention: Retention
  readonly customerExport: CustomerExport
}

export function assembleCustomerData(options: Omit<ErasureOptions, 'marks'> & Omit<RetentionOptions, 'erasure'>): CustomerData {
  const erasure = new Erasure({ ...options, marks: new ErasedMarks(options) })
  return { erasure, retention: new Retention({ ...options, erasure }), customerExport: new CustomerExport(options) }
}
